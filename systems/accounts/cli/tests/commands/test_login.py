import json
import stat
from pathlib import Path

import pytest
from running import Command, Server, run_process
from server import ACCOUNT_ID, EMAIL, FULL_KEY, POOR_KEY


def test_a_piped_key_logs_in(server: Server, credentials_file: Path) -> None:
    ran = run_process("login", "--with-token", "--api-url", f"{server.url}/", stdin=FULL_KEY + "\n")
    assert ran.status == 0
    assert ran.out == ""
    assert ran.err.splitlines() == [
        f"Logged in to {server.url} as {EMAIL} ({ACCOUNT_ID}), balance 12.50.",
        f"The key is stored in {credentials_file}.",
    ]
    assert json.loads(credentials_file.read_text()) == {"api_url": server.url, "api_key": FULL_KEY}
    assert stat.S_IMODE(credentials_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials_file.parent.stat().st_mode) == 0o700
    assert [(seen["method"], seen["path"]) for seen in server.seen] == [
        ("POST", "/api/v1/auth/validate")
    ]


def test_a_refused_key_is_not_stored_and_the_old_one_stays(
    logged_in: Command, server: Server, credentials_file: Path
) -> None:
    before = credentials_file.read_bytes()
    ran = logged_in("login", stdin="sk_live_unknown000000000000")
    assert ran.status == 3
    assert f"{server.url} refuses the key that you gave" in ran.err
    assert credentials_file.read_bytes() == before


def test_another_api_that_says_yes_to_everything_is_not_logged_in_to(
    accounts: Command, server: Server, credentials_file: Path
) -> None:
    server.answer(200, {"ok": True})
    assert accounts("login", "--api-url", server.url, stdin=FULL_KEY).status == 1
    assert not credentials_file.exists()


def test_what_is_no_key_never_reaches_the_server(accounts: Command, server: Server) -> None:
    ran = accounts("login", "--api-url", server.url, stdin="hunter2\n")
    assert ran.status == 3
    assert ran.err == (
        "error: That cannot be used. It is no API key: keys begin with sk_live_ or sk_test_.\n"
    )
    assert server.seen == []


def test_logging_in_again_stays_at_the_same_server(logged_in: Command, server: Server) -> None:
    ran = logged_in("login", stdin=POOR_KEY)
    assert ran.status == 0
    assert f"Logged in to {server.url} " in ran.err


def test_logging_in_mends_a_damaged_file(
    logged_in: Command, server: Server, credentials_file: Path
) -> None:
    credentials_file.write_text("damaged")
    assert logged_in("whoami").status == 3
    assert logged_in("login", "--api-url", server.url, stdin=FULL_KEY).status == 0
    assert logged_in("whoami").status == 0


def test_clear_text_over_a_network_is_refused_before_the_key_is_asked_for(
    accounts: Command,
) -> None:
    ran = accounts("login", "--api-url", "http://api.example.com")
    assert ran.status == 2
    assert ran.err.startswith("error: http://api.example.com is not encrypted, so everybody")


def test_what_the_environment_decides_is_said(
    logged_in: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNTS_API_KEY", POOR_KEY)
    monkeypatch.setenv("ACCOUNTS_API_URL", server.url)
    for command in ("login", "logout"):
        lines = logged_in(command, stdin=FULL_KEY).err.splitlines()
        assert lines[-2:] == [
            "ACCOUNTS_API_URL is set, and the commands go by it.",
            "ACCOUNTS_API_KEY is set, and the commands go by it.",
        ]


def test_a_folder_that_cannot_be_written_is_told_of(
    accounts: Command, server: Server, home: Path
) -> None:
    (home / ".config").write_text("")
    (home / "Library").write_text("")
    ran = accounts("login", "--api-url", server.url, stdin=FULL_KEY)
    assert ran.status == 1
    assert "cannot be written" in ran.err


def test_logout_forgets_and_may_be_repeated(logged_in: Command, credentials_file: Path) -> None:
    ran = logged_in("logout")
    assert ran.status == 0
    assert (
        ran.err == "Logged out. The key itself still works; `accounts keys revoke` would end it.\n"
    )
    assert not credentials_file.exists()
    assert logged_in("whoami").status == 3
    ran = logged_in("logout")
    assert (ran.status, ran.err) == (0, "Nobody was logged in.\n")


def test_logout_removes_a_damaged_file_too(logged_in: Command, credentials_file: Path) -> None:
    credentials_file.write_text("damaged")
    assert logged_in("logout").status == 0
    assert not credentials_file.exists()
