"""Promises 25 and 26 where people sign in."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2

from padstone.testing.queries import QueryCounter

from .conftest import EMAIL, PASSWORD, Little, StartLittle, User

UNKNOWN = "nobody@example.com"


def plain(answer: httpx2.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, {**answer.json(), "request_id": None}


async def test_signing_in_gives_tokens_that_work(little: Little) -> None:
    await little.register()
    tokens = await little.login(" Someone@EXAMPLE.com".strip())
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 600
    me = await little.get("/auth/me", tokens["access_token"])
    assert me.status_code == 200
    assert me.json()["email"] == EMAIL
    assert me.json()["last_login_at"] is not None


async def make_unknown(_little: Little) -> str:
    return UNKNOWN


async def make_wrong(little: Little) -> str:
    await little.register()
    return EMAIL


async def make_suspended(little: Little) -> str:
    await little.register()
    await little.execute("UPDATE users SET suspended_at = now()")
    return EMAIL


async def make_deleted(little: Little) -> str:
    await little.register()
    await little.execute("UPDATE users SET deleted_at = now()")
    return EMAIL


async def make_unverified(little: Little) -> str:
    await little.post("register", email=EMAIL, password=PASSWORD)
    return EMAIL


async def make_without_password(little: Little) -> str:
    await little.register()
    await little.execute("UPDATE users SET password_hash = NULL")
    return EMAIL


CASES: dict[str, Callable[[Little], Any]] = {
    "unknown": make_unknown,
    "wrong": make_wrong,
    "suspended": make_suspended,
    "deleted": make_deleted,
    "unverified": make_unverified,
    "without a password": make_without_password,
}


async def test_25_every_refusal_is_the_same(start: StartLittle, argon2_calls: list[str]) -> None:
    seen = {}
    for name, prepare in CASES.items():
        little = await start()
        email = await prepare(little)
        password = "another correct battery" if name == "wrong" else PASSWORD
        argon2_calls.clear()
        counter = QueryCounter(little.database.engine.sync_engine)
        with counter.counting() as statements:
            answer = await little.post("login", email=email, password=password)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        seen[name] = (plain(answer), list(argon2_calls), statements)
        await little.execute("DELETE FROM users")
        await little.execute("DELETE FROM login_attempts")
        await little.mailed()
    expected = seen["unknown"]
    assert expected[0][0] == 401
    assert expected[0][1]["code"] == "login_refused"
    assert "Open the link" in expected[0][1]["detail"]
    assert expected[1] == ["verify"]
    assert len(expected[2]) == 2
    for name, found in seen.items():
        assert found == expected, name


async def test_26_ten_passwords_are_looked_at_and_no_more(
    little: Little, argon2_calls: list[str]
) -> None:
    await little.register()
    session = await little.login()
    for email in (EMAIL, UNKNOWN):
        argon2_calls.clear()
        statuses = []
        for number in range(200):
            headers = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.1.{number}"}
            answer = await little.client.post(
                "/auth/login",
                json={"email": email, "password": f"guess number {number}"},
                headers=headers,
            )
            statuses.append(answer.status_code)
        assert statuses == [401] * 10 + [429] * 190
        assert len(argon2_calls) == 10
        assert answer.json()["code"] == "too_many_attempts"
        assert 0 < int(answer.headers["Retry-After"]) <= 900
    right = await little.post("login", email=EMAIL, password=PASSWORD)
    assert right.status_code == 429, "the right password is a guess like any other"
    # The owner is signed in already, and stays so.
    assert (await little.get("/things", session["access_token"])).status_code == 200
    refreshed = await little.post("refresh", refresh_token=session["refresh_token"])
    assert refreshed.status_code == 200


async def test_26_known_and_unknown_are_locked_out_alike(little: Little) -> None:
    await little.register()
    answers = {}
    for email in (EMAIL, UNKNOWN):
        for _ in range(11):
            answer = await little.post("login", email=email, password="wrong wrong wrong")
        answers[email] = plain(answer)
    assert answers[EMAIL] == answers[UNKNOWN]
    assert answers[EMAIL][0] == 429


async def test_26_guesses_at_the_same_time_are_counted(
    little: Little, argon2_calls: list[str]
) -> None:
    await little.register()
    argon2_calls.clear()
    answers = await asyncio.gather(
        *(little.post("login", email=EMAIL, password="wrong wrong wrong") for _ in range(60))
    )
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 50
    assert len(argon2_calls) == 10


async def test_26_signing_in_forgets_what_was_tried(little: Little) -> None:
    await little.register()
    for _ in range(3):
        for _ in range(9):
            await little.post("login", email=EMAIL, password="wrong wrong wrong")
        await little.login()


async def test_a_hash_of_another_cost_is_replaced_when_its_password_is_shown(
    start: StartLittle,
) -> None:
    little = await start()
    await little.register()
    cheap = await little.scalar("SELECT password_hash FROM users")
    dear = await start(changes={"PASSWORD_HASH_MEMORY_KIB": 64})
    logins = await asyncio.gather(*(dear.login() for _ in range(5)))
    assert len({tokens["refresh_token"] for tokens in logins}) == 5
    stored = await little.scalar("SELECT password_hash FROM users")
    assert stored != cheap
    assert "m=64" in stored
    await dear.login()


async def test_an_old_password_signs_nobody_in_while_it_is_being_changed(little: Little) -> None:
    # Between the look at the password and the session lies the time of argon2.
    await little.register()
    real = little.opened.passwords.verify

    async def verify_slowly(password: str, stored: str | None) -> Any:
        verdict = await real(password, stored)
        await little.execute("UPDATE users SET password_hash = 'another'")
        return verdict

    little.opened.passwords.verify = verify_slowly  # type: ignore[method-assign]
    answer = await little.post("login", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 401
    assert await little.scalar("SELECT count(*) FROM user_sessions") == 0


async def test_no_connection_is_held_while_a_password_is_verified(little: Little) -> None:
    await little.register()
    real = little.opened.passwords.verify
    in_use = []

    async def verify(password: str, stored: str | None) -> Any:
        in_use.append(little.database.pool_status()["in_use"])
        return await real(password, stored)

    little.opened.passwords.verify = verify  # type: ignore[method-assign]
    await little.login()
    assert in_use == [0]


async def test_an_unverified_user_signs_in_where_the_system_says_so(start: StartLittle) -> None:
    little = await start(describe={"require_verified": False})
    await little.post("register", email=EMAIL, password=PASSWORD)
    tokens = await little.login()
    assert (await little.get("/things", tokens["access_token"])).status_code == 200


async def test_the_systems_own_condition_counts(start: StartLittle) -> None:
    little = await start(describe={"is_active": User.full_name.is_distinct_from("Mallory")})
    await little.register()
    tokens = await little.login()
    await little.execute("UPDATE users SET full_name = 'Mallory'")
    assert (await little.post("login", email=EMAIL, password=PASSWORD)).status_code == 401
    little.opened.authenticator.forget_user(await little.scalar("SELECT id FROM users"))
    assert (await little.get("/things", tokens["access_token"])).status_code == 401
