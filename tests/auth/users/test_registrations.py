"""Promise 25 where people register, and 24 for what they may say of themselves."""

import asyncio
from typing import Any

import httpx2
import pytest

from padstone.testing.queries import QueryCounter

from .conftest import EMAIL, PASSWORD, Little, StartLittle, User, token_in

OTHER = "another correct battery"


def plain(answer: httpx2.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()


async def test_a_person_becomes_a_user(little: Little) -> None:
    answer = await little.post("register", email="Someone@Example.com", password=PASSWORD)
    assert answer.status_code == 202
    [mail] = await little.mailed()
    assert mail["To"] == EMAIL
    assert mail["Subject"] == "Little: verify your address"
    assert (await little.post("login", email=EMAIL, password=PASSWORD)).status_code == 401
    assert (await little.post("verify-email", token=token_in(mail))).status_code == 204
    tokens = await little.login()
    me = (await little.get("/auth/me", tokens["access_token"])).json()
    assert me["role"] == "buyer"
    assert me["email_verified_at"] is not None


async def test_the_systems_own_fields_are_kept(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD, full_name="Ann Example")
    assert await little.scalar("SELECT full_name FROM users") == "Ann Example"


async def prepare_unknown(_little: Little) -> None:
    """There is nobody."""


async def prepare_unverified(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    await little.mailed()


async def prepare_verified(little: Little) -> None:
    await little.register()


async def prepare_suspended(little: Little) -> None:
    await little.register()
    await little.execute("UPDATE users SET suspended_at = now()")


async def prepare_mailed_often(little: Little) -> None:
    await little.register()
    for path in ("resend-verification", "forgot-password"):
        for _ in range(5):
            await little.post(path, email=EMAIL)
    for _ in range(5):
        await little.post("register", email=EMAIL, password=OTHER)
    await little.mailed()


CASES = {
    "unknown": prepare_unknown,
    "unverified": prepare_unverified,
    "verified": prepare_verified,
    "suspended": prepare_suspended,
}


@pytest.mark.parametrize("path", ["register", "resend-verification", "forgot-password"])
async def test_25_the_answer_and_the_work_are_the_same_whoever_has_the_address(
    start: StartLittle, path: str, argon2_calls: list[str]
) -> None:
    seen = {}
    body = {"email": EMAIL} | ({"password": OTHER} if path == "register" else {})
    for name, prepare in (CASES | {"mailed often": prepare_mailed_often}).items():
        little = await start()
        await prepare(little)
        if name != "mailed often":  # then the counter is what it is about
            await little.execute("DELETE FROM login_attempts")
        argon2_calls.clear()
        counter = QueryCounter(little.database.engine.sync_engine)
        with counter.counting() as statements:
            answer = await little.post(path, **body)
        seen[name] = (plain(answer), list(argon2_calls), len(statements))
        await little.execute("DELETE FROM users")
        await little.execute("DELETE FROM login_attempts")
        await little.mailed()
    expected = seen.pop("unknown")
    assert expected[0][0] == 202
    assert expected[1] == (["hash"] if path == "register" else [])
    often = seen.pop("mailed often")
    assert often[:2] == expected[:2]
    for name, found in seen.items():
        assert found == expected, name


async def test_25_the_owner_of_a_known_address_hears_of_it(little: Little) -> None:
    await little.register()
    before = await little.scalar("SELECT users::text FROM users")
    await little.post("register", email=EMAIL, password=OTHER, full_name="Mallory")
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: you already have an account"
    assert await little.scalar("SELECT users::text FROM users") == before
    await little.login()


async def test_who_registered_an_address_first_need_not_own_it(little: Little) -> None:
    # A stranger registers with the owner's address, and waits for the owner to verify it.
    await little.post("register", email=EMAIL, password="the strangers choice")
    await little.mailed()
    await little.post("register", email=EMAIL, password=PASSWORD)
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: you already have an account"
    done = await little.post("reset-password", token=token_in(mail), password=PASSWORD)
    assert done.status_code == 204
    stranger = await little.post("login", email=EMAIL, password="the strangers choice")
    assert stranger.status_code == 401
    await little.login()


async def test_two_at_the_same_moment_make_one_user(little: Little) -> None:
    answers = await asyncio.gather(
        *(little.post("register", email=EMAIL, password=PASSWORD) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert await little.scalar("SELECT count(*) FROM users") == 1
    subjects = sorted(mail["Subject"] for mail in await little.mailed())
    assert subjects == ["Little: verify your address", "Little: you already have an account"]


async def test_the_address_of_a_deleted_user_is_free(little: Little) -> None:
    await little.register()
    await little.execute("UPDATE users SET deleted_at = now()")
    await little.register()
    assert await little.scalar("SELECT count(*) FROM users") == 2
    await little.login()


COLUMNS = sorted(set(User.__table__.columns.keys()) - {"email", "full_name"})


@pytest.mark.parametrize("column", [*COLUMNS, "scopes", "is_admin", "sub"])
async def test_24_nobody_chooses_what_is_not_theirs_to_choose(little: Little, column: str) -> None:
    for value in ("manager", None, "2020-01-01T00:00:00Z", 1, True):
        answer = await little.client.post(
            "/auth/register", json={"email": EMAIL, "password": PASSWORD, column: value}
        )
        assert answer.status_code == 422, (column, value)
        assert [error["field"] for error in answer.json()["errors"]] == [f"body.{column}"]
    assert await little.scalar("SELECT count(*) FROM users") == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": EMAIL}, "body.password"),
        ({"email": EMAIL, "password": "short"}, "body.password"),
        ({"email": EMAIL, "password": "password1234"}, "body.password"),
        ({"email": EMAIL, "password": "x" * 129}, "body.password"),
        ({"email": EMAIL, "password": "x" * 2000}, "body.password"),
        ({"email": EMAIL, "password": None}, "body.password"),
        ({"email": EMAIL, "password": 123456789012}, "body.password"),
        ({"email": EMAIL, "password": "null\0null\0null"}, "body.password"),
        ({"email": EMAIL, "password": "half \ud800 a character"}, "body.password"),
        ({"email": "nobody", "password": PASSWORD}, "body.email"),
        ({"email": "x" * 250 + "@example.com", "password": PASSWORD}, "body.email"),
        ({"email": "a\0b@example.com", "password": PASSWORD}, "body.email"),
        ({"email": ["a@example.com"], "password": PASSWORD}, "body.email"),
    ],
)
async def test_bad_input_names_the_field_and_not_the_value(
    little: Little, body: dict[str, Any], field: str
) -> None:
    import json

    answer = await little.client.post(
        "/auth/register",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    for value in body.values():
        assert str(value) not in answer.text


async def test_a_link_verifies_once(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    token = await little.link_token()
    statuses = [(await little.post("verify-email", token=token)).status_code for _ in range(2)]
    assert statuses == [204, 422]
    again = await little.post("verify-email", token=token)
    assert again.json()["code"] == "bad_link"


async def test_a_link_that_is_opened_twice_at_once_verifies_once(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    token = await little.link_token()
    answers = await asyncio.gather(*(little.post("verify-email", token=token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [422] * 7


async def test_a_link_for_one_thing_is_no_link_for_another(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    verify = await little.link_token()
    await little.post("forgot-password", email=EMAIL)
    reset = await little.link_token()
    assert (await little.post("verify-email", token=reset)).status_code == 422
    answer = await little.post("reset-password", token=verify, password=OTHER)
    assert answer.status_code == 422
    assert (await little.post("verify-email", token=verify)).status_code == 204


async def test_the_link_is_mailed_again(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    await little.mailed()
    await little.post("resend-verification", email=EMAIL)
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: verify your address"
    assert (await little.post("verify-email", token=token_in(mail))).status_code == 204
    await little.post("resend-verification", email=EMAIL)
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: you already have an account"


async def test_nobodys_mailbox_is_filled_by_a_stranger(little: Little) -> None:
    await little.register()
    mails = 0
    for path in ("forgot-password", "resend-verification"):
        for _ in range(20):
            assert (await little.post(path, email=EMAIL)).status_code == 202
            mails += len(await little.mailed())
    assert mails == 10


async def test_nothing_is_mailed_where_the_request_fails(little: Little) -> None:
    real = little.opened.post

    async def post(*arguments: Any) -> None:
        await real(*arguments)
        raise RuntimeError("after all")

    little.opened.post = post
    answer = await little.post("register", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 500
    assert await little.mailed() == []
    assert await little.scalar("SELECT count(*) FROM users") == 0
