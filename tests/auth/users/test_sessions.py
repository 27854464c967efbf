"""Promise 28: a refresh token counts once, and parallel refreshes log nobody out."""

import asyncio
from typing import Any

import pytest
import structlog.testing
from sqlalchemy import text

from padstone.testing.queries import QueryCounter

from .conftest import EMAIL, PASSWORD, Little, StartLittle

AGO = "UPDATE user_sessions SET rotated_at = rotated_at - interval '1 minute'"


async def refresh(little: Little, token: str) -> Any:
    return await little.post("refresh", refresh_token=token)


async def test_28_a_refresh_brings_the_next_pair(little: Little) -> None:
    await little.register()
    first = await little.login()
    second = (await refresh(little, first["refresh_token"])).json()
    third = (await refresh(little, second["refresh_token"])).json()
    tokens = {pair["refresh_token"] for pair in (first, second, third)}
    assert len(tokens) == 3
    for pair in (first, second, third):
        assert (await little.get("/things", pair["access_token"])).status_code == 200
    assert await little.scalar("SELECT generation FROM user_sessions") == 3
    assert third["session_expires_at"] > first["session_expires_at"]


async def test_28_fifty_parallel_refreshes_over_two_processes_all_succeed(
    start: StartLittle,
) -> None:
    one, two = await start(), await start()
    await one.register()
    pair = await one.login()
    for _ in range(3):
        answers = await asyncio.gather(
            *(refresh(process, pair["refresh_token"]) for process in (one, two) for _ in range(25))
        )
        assert [answer.status_code for answer in answers] == [200] * 50
        pairs = [answer.json() for answer in answers]
        assert len({item["refresh_token"] for item in pairs}) == 1, "they all get the same next"
        accesses = {item["access_token"] for item in pairs}
        assert len(accesses) == 50
        works = await asyncio.gather(*(one.get("/things", token) for token in accesses))
        assert {answer.status_code for answer in works} == {200}
        pair = pairs[0]
    assert await one.scalar("SELECT generation FROM user_sessions") == 4


async def test_28_a_token_that_comes_again_late_ends_the_session(little: Little) -> None:
    await little.register()
    other = await little.login()
    stolen = await little.login()
    newest = (await refresh(little, stolen["refresh_token"])).json()
    await little.execute(AGO)
    with structlog.testing.capture_logs() as lines:
        assert (await refresh(little, stolen["refresh_token"])).status_code == 401
    [line] = [line for line in lines if "came again" in line["event"]]
    assert stolen["refresh_token"] not in str(line)
    # The whole session is over, for the thief and for the owner, at once.
    refused = await refresh(little, newest["refresh_token"])
    assert refused.status_code == 401
    assert refused.json()["code"] == "bad_refresh_token"
    for pair in (stolen, newest):
        assert (await little.get("/things", pair["access_token"])).status_code == 401
    # And no other one.
    assert (await little.get("/things", other["access_token"])).status_code == 200
    assert (await refresh(little, other["refresh_token"])).status_code == 200


async def test_28_two_generations_back_is_too_old_within_the_leeway_too(little: Little) -> None:
    await little.register()
    first = await little.login()
    second = (await refresh(little, first["refresh_token"])).json()
    third = (await refresh(little, second["refresh_token"])).json()
    assert (await refresh(little, second["refresh_token"])).json()["refresh_token"] == third[
        "refresh_token"
    ]
    assert (await refresh(little, first["refresh_token"])).status_code == 401
    assert (await refresh(little, third["refresh_token"])).status_code == 401


async def test_28_without_a_leeway_a_token_works_exactly_once(start: StartLittle) -> None:
    little = await start(changes={"REFRESH_LEEWAY_SECONDS": 0})
    await little.register()
    pair = await little.login()
    answers = [await refresh(little, pair["refresh_token"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]


async def test_28_a_generation_that_is_yet_to_come_ends_the_session(little: Little) -> None:
    # We have signed it: the database is one of yesterday, brought back.
    await little.register()
    pair = await little.login()
    session_id = await little.scalar("SELECT id FROM user_sessions")
    future = little.opened.refresh_tokens.issue(session_id, 7)
    assert (await refresh(little, future)).status_code == 401
    assert (await refresh(little, pair["refresh_token"])).status_code == 401


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE user_sessions SET revoked_at = now()",
        "UPDATE user_sessions SET expires_at = now()",
        "DELETE FROM user_sessions",
        "UPDATE users SET suspended_at = now()",
        "UPDATE users SET deleted_at = now()",
        "UPDATE users SET email_verified_at = NULL",
        "DELETE FROM users",
    ],
)
async def test_28_what_has_ended_is_not_refreshed(little: Little, statement: str) -> None:
    await little.register()
    pair = await little.login()
    await little.execute(statement)
    answer = await refresh(little, pair["refresh_token"])
    assert answer.status_code == 401
    assert answer.json()["code"] == "bad_refresh_token"


@pytest.mark.parametrize("token", ["", "x", "rt_" + "A" * 75, "x" * 513])
async def test_28_what_is_no_refresh_token_costs_no_query(little: Little, token: str) -> None:
    counter = QueryCounter(little.database.engine.sync_engine)
    with counter.at_most(0):
        answer = await refresh(little, token)
    assert answer.status_code == (422 if len(token) > 512 else 401)


async def test_28_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(
    little: Little,
) -> None:
    await little.register()
    pair = await little.login()
    assert (await refresh(little, pair["access_token"])).status_code == 401
    assert (await little.get("/things", pair["refresh_token"])).status_code == 401


async def test_a_session_ends_at_last(start: StartLittle) -> None:
    little = await start(changes={"REFRESH_TOKEN_SECONDS": 3600, "SESSION_SECONDS": 7200})
    await little.register()
    pair = await little.login()
    await little.execute("UPDATE user_sessions SET created_at = created_at - interval '119 min'")
    pair = (await refresh(little, pair["refresh_token"])).json()
    left = await little.scalar("SELECT extract(epoch FROM expires_at - now()) FROM user_sessions")
    assert 0 < left <= 60
    assert 0 < pair["expires_in"] <= 60, "no access token outlives its session"


async def test_a_device_is_described_and_its_words_are_not_trusted(little: Little) -> None:
    await little.register()
    agent = "Firefox\t\x1b[31m" + "x" * 1000
    await little.client.post(
        "/auth/login",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"User-Agent": agent, "X-Forwarded-For": "203.0.113.9"},
    )
    stored = await little.scalar("SELECT user_agent FROM user_sessions")
    assert stored.startswith("Firefox[31mxxx")
    assert len(stored) == 300
    assert await little.scalar("SELECT address FROM user_sessions") == "127.0.0.1"


async def test_nothing_in_the_database_is_a_token(little: Little) -> None:
    await little.register()
    pair = await little.login()
    dump = await little.scalar(
        "SELECT (SELECT string_agg(s::text, '') FROM user_sessions s)"
        " || (SELECT string_agg(u::text, '') FROM users u)"
    )
    for secret in (pair["refresh_token"], pair["access_token"], PASSWORD):
        assert secret not in dump
        assert secret[3:40] not in dump


async def test_28_a_refresh_sees_the_session_as_it_is_once_it_has_the_lock(little: Little) -> None:
    await little.register()
    pair = await little.login()
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with little.database.engine.begin() as connection:
        # Two refreshes of somebody else's, not yet committed.
        await connection.execute(text("UPDATE user_sessions SET generation = 3"))
        late = asyncio.create_task(refresh(little, pair["refresh_token"]))
        async with asyncio.timeout(30):
            while not await little.scalar(f"{waits} AND datname = current_database()"):
                await asyncio.sleep(0.01)
    assert (await late).status_code == 401
    assert await little.scalar("SELECT generation FROM user_sessions") == 3
