"""Promise 29: what is revoked or changed is acted on by every process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import text

from padstone.testing.queries import QueryCounter

from .conftest import Little, StartLittle, describe_keys, pinned


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(25):
        while not await condition():  # it is another process's doing
            await asyncio.sleep(0.005)


async def listening(*processes: Little) -> None:
    async def all_do() -> bool:
        return all(one.opened.authenticator.is_listening for one in processes)

    await until(all_do)


async def status(little: Little, token: str, method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int((await little.client.request(method, "/things", headers=headers)).status_code)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE user_sessions SET revoked_at = now()",
        "DELETE FROM user_sessions",
        "UPDATE users SET suspended_at = now()",
        "UPDATE users SET deleted_at = now()",
        "UPDATE users SET email_verified_at = NULL",
        "UPDATE users SET role = 'nobody'",
        "DELETE FROM users",
    ],
)
async def test_29_every_change_is_heard_by_all(start: StartLittle, statement: str) -> None:
    one, two = await start(), await start()
    await one.register()
    token = (await one.login())["access_token"]
    await listening(one, two)
    assert [await status(process, token) for process in (one, two)] == [200, 200]
    await one.execute(statement)
    refused = 403 if "role" in statement else 401
    for process in (one, two):
        # Well below the 30 s for which both would remember the session.
        async def is_refused(process: Little = process) -> bool:
            return await status(process, token) == refused

        await until(is_refused)


async def test_29_a_new_role_is_heard_without_a_new_token(start: StartLittle) -> None:
    one, two = await start(), await start()
    await one.register()
    token = (await one.login())["access_token"]
    await listening(one, two)
    assert [await status(process, token, "POST") for process in (one, two)] == [403, 403]
    await one.execute("UPDATE users SET role = 'manager'")
    for process in (one, two):

        async def may(process: Little = process) -> bool:
            return await status(process, token, "POST") == 200

        await until(may)


async def test_a_known_session_costs_no_query(little: Little) -> None:
    await little.register()
    token = (await little.login())["access_token"]
    await listening(little)
    counter = QueryCounter(little.database.engine.sync_engine)
    with counter.at_most(1):
        for _ in range(10):
            assert await status(little, token) == 200


async def test_27_a_forged_token_costs_no_query(little: Little) -> None:
    counter = QueryCounter(little.database.engine.sync_engine)
    with counter.at_most(0):
        for token in ("a.b.c", "..", "x" * 3000 + "."):
            assert await status(little, token) == 401


async def test_27_a_token_counts_for_its_own_user_alone(little: Little) -> None:
    # Signed by us, and yet a mixture: it cannot be, and is refused all the same.
    await little.register()
    await little.login()
    session_id = await little.scalar("SELECT id FROM user_sessions")
    token, _ = little.opened.access_tokens.issue(uuid4(), session_id, at_most=time.time() + 60)
    assert await status(little, token) == 401


async def test_29_losing_the_listener_forgets_everything(start: StartLittle) -> None:
    little = await start(describe={"cache_seconds_unheard": 0})
    await little.register()
    token = (await little.login())["access_token"]
    await listening(little)
    assert await status(little, token) == 200
    async with little.database.engine.begin() as connection:
        # One transaction: the listener is dead before the revocation can be announced.
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'little listener' AND datname = current_database()"
            )
        )
        await connection.execute(text("UPDATE user_sessions SET revoked_at = now()"))

    async def is_refused() -> bool:
        return await status(little, token) == 401

    await until(is_refused)


async def test_29_a_process_obeys_its_own_log_out_at_once(start: StartLittle) -> None:
    little = await start(describe={"cache_seconds_unheard": 30})
    await little.opened.authenticator._listener.stop()  # nothing but its own word tells it
    await little.register()
    token = (await little.login())["access_token"]
    assert await status(little, token) == 200
    assert (await little.post("logout", by=token)).status_code == 204
    assert await status(little, token) == 401


async def test_a_session_that_was_prolonged_meanwhile_is_looked_at_again(
    start: StartLittle,
) -> None:
    little = await start(describe={"cache_seconds": 10**6, "cache_seconds_unheard": 10**6})
    await little.register()
    pair = await little.login()
    await little.execute("UPDATE user_sessions SET expires_at = now() + interval '1 second'")
    assert await status(little, pair["access_token"]) == 200
    await little.execute("UPDATE user_sessions SET expires_at = now() + interval '1 day'")
    with time_machine.travel(time.time() + 2, tick=False):  # what is remembered has ended
        assert await status(little, pair["access_token"]) == 200


async def test_one_connection_listens_for_keys_and_users(start: StartLittle) -> None:
    little = await start(api_keys=describe_keys())
    await listening(little)
    count = await little.scalar(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'little listener' AND datname = current_database()"
    )
    assert count == 1


async def test_uses_are_noted_by_and_by(start: StartLittle) -> None:
    little = await start(describe={"usage_seconds": 0.01})
    await little.register()
    token = (await little.login())["access_token"]
    assert await status(little, token) == 200

    async def noted() -> bool:
        return await little.scalar("SELECT last_used_at FROM user_sessions") is not None

    await until(noted)
    assert await little.scalar("SELECT bool_and(created_at = updated_at) FROM user_sessions")


async def test_a_payload_that_nobody_understands_forgets_everything(little: Little) -> None:
    await little.register()
    token = (await little.login())["access_token"]
    await listening(little)
    for channel in ("padstone_users", "padstone_user_sessions"):
        assert await status(little, token) == 200
        await little.execute("SELECT pg_notify(:channel, 'nonsense')", channel=channel)

        async def forgotten() -> bool:
            return len(little.opened.authenticator._cache) == 0

        await until(forgotten)


async def test_inside_a_tests_transaction_nothing_is_remembered(little: Little) -> None:
    await little.register()
    token = (await little.login())["access_token"]
    async with pinned(little):
        assert await status(little, token) == 200
        connection = little.database.pinned_connection
        assert connection is not None
        await connection.execute(text("UPDATE users SET suspended_at = now()"))
        assert await status(little, token) == 401
    assert await status(little, token) == 200
