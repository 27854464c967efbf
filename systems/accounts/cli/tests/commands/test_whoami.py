from running import Command, Server
from server import ACCOUNT_ID, EMAIL, POOR_KEY


def test_whoami(logged_in: Command, server: Server) -> None:
    ran = logged_in("whoami")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"account  {ACCOUNT_ID}",
        f"email    {EMAIL}",
        "balance  12.50 (12,500,000 micros)",
        f"server   {server.url}",
    ]


def test_for_programs(logged_in: Command, server: Server) -> None:
    assert logged_in("whoami", "--json").json == {
        "account_id": ACCOUNT_ID,
        "email": EMAIL,
        "credits_balance_micros": 12_500_000,
        "credits_balance": "12.50",
        "api_url": server.url,
    }


def test_a_key_with_hardly_a_scope_knows_who_it_is(logged_in: Command) -> None:
    assert logged_in("login", stdin=POOR_KEY).status == 0
    assert logged_in("whoami").status == 0


def test_nobody(accounts: Command) -> None:
    ran = accounts("whoami")
    assert ran.status == 3
    assert ran.err == (
        "error: Nobody is logged in. Run `accounts login`, or set ACCOUNTS_API_KEY.\n"
    )
