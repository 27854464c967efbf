import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text, update

from padstone.auth import (
    ApiKeyAuthenticator,
    ApiKeys,
    ApiKeyService,
    NewKey,
    generate,
)
from padstone.db import Database, Listener
from padstone.errors import AuthError, UnavailableError
from padstone.settings import DatabaseSettings
from padstone.testing.queries import QueryCounter

Open = Callable[..., Any]
MakeKey = Callable[..., Awaitable[NewKey]]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 25) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # it is another process's doing
            await asyncio.sleep(0.005)


async def listening(*authenticators: ApiKeyAuthenticator) -> None:
    async def all_do() -> bool:
        return all(one.is_listening for one in authenticators)

    await until(all_do)


async def is_refused(authenticator: ApiKeyAuthenticator, secret: str) -> bool:
    try:
        await authenticator.authenticate(secret)
    except AuthError:
        return True
    return False


async def test_a3_a_key_stands_for_its_owner(
    opened: Open, new_key: MakeKey, owner_id: UUID
) -> None:
    made = await new_key()
    async with opened() as authenticator:
        principal = await authenticator.authenticate(made.secret)
    assert principal.subject == owner_id
    assert principal.credential == made.key.id
    assert principal.method == "api_key"
    assert principal.scopes == {"things:read"}


async def test_a6_a_malformed_key_costs_no_query(opened: Open, database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    secret = generate(live=True).secret
    async with opened() as authenticator:
        with counter.at_most(0):
            for text_ in (
                "",
                "sk_live_",
                "Bearer x",
                secret[:-1],
                secret.swapcase(),
                "\0",
                "é" * 41,
            ):
                assert await is_refused(authenticator, text_)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET expires_at = now() - interval '1 s'",
        "DELETE FROM api_keys",
        "UPDATE accounts SET status = 'suspended'",
        "UPDATE accounts SET deleted_at = now()",
        "DELETE FROM accounts",
    ],
)
async def test_a3_every_cause_is_one_sentence_and_heard_by_all(
    opened: Open, new_key: MakeKey, database: Database, statement: str
) -> None:
    made = await new_key()
    async with opened() as one, opened() as two:
        await listening(one, two)
        for process in (one, two):
            await process.authenticate(made.secret)
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))
        for process in (one, two):
            # Well below the 30 s for which both would remember the key.
            await until(lambda process=process: is_refused(process, made.secret))
            with pytest.raises(AuthError) as caught:
                await process.authenticate(made.secret)
            assert caught.value.detail == AuthError.detail


async def test_a6_narrowed_scopes_are_heard(
    opened: Open, new_key: MakeKey, database: Database, keys: ApiKeys
) -> None:
    made = await new_key(scopes=["things:read", "things:write"])
    async with opened() as authenticator:
        await listening(authenticator)
        await authenticator.authenticate(made.secret)
        async with database.session() as session:
            await session.execute(update(keys.model).values(scopes=["things:read"]))

        async def narrowed() -> bool:
            return (await authenticator.authenticate(made.secret)).scopes == {"things:read"}

        await until(narrowed)


async def test_a_key_never_may_more_than_its_owners_role_and_a_new_role_is_heard(
    opened: Open, new_key: MakeKey, database: Database, keys: ApiKeys
) -> None:
    made = await new_key(scopes=["things:read", "things:write"])
    roles = {"reader": ["things:read", "keys:read"], "writer": ["things:read", "things:write"]}
    async with opened(role=keys.owner.role, roles=roles) as authenticator:
        await listening(authenticator)
        first = await authenticator.authenticate(made.secret)
        assert first.scopes == {"things:read", "things:write"}
        async with database.session() as session:
            await session.execute(update(keys.owner).values(role="reader"))

        async def narrowed() -> bool:
            return (await authenticator.authenticate(made.secret)).scopes == {"things:read"}

        await until(narrowed)


async def test_a_known_key_costs_no_query(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    counter = QueryCounter(database.engine.sync_engine)
    async with opened() as authenticator:
        await listening(authenticator)
        with counter.counting() as seen:
            for _ in range(10):
                await authenticator.authenticate(made.secret)
        assert len(seen) == 1


async def test_a6_a_new_key_works_at_once(
    opened: Open, database: Database, keys: ApiKeys, owner_id: UUID
) -> None:
    shown = generate(live=True)
    async with opened() as authenticator:
        assert await is_refused(authenticator, shown.secret)
        async with database.session() as session:
            await ApiKeyService(session, keys).create(owner_id, name="x", scopes=[], secret=shown)
        assert not await is_refused(authenticator, shown.secret)


async def test_a6_an_expiry_is_kept_without_any_news(opened: Open, new_key: MakeKey) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    made = await new_key(expires_at=soon)
    async with opened(cache_seconds=10**6, cache_seconds_unheard=10**6) as authenticator:
        await authenticator.authenticate(made.secret)
        with time_machine.travel(soon - timedelta(seconds=1), tick=False):
            assert not await is_refused(authenticator, made.secret)
        with time_machine.travel(soon, tick=False):
            assert await is_refused(authenticator, made.secret)


async def test_29_a_process_obeys_its_own_revocation_at_once(
    opened: Open, new_key: MakeKey, database: Database, keys: ApiKeys, owner_id: UUID
) -> None:
    made = await new_key()
    async with opened(cache_seconds_unheard=30) as authenticator:
        await authenticator._listener.stop()  # so that nothing but its own word tells it
        await authenticator.authenticate(made.secret)
        async with database.session() as session:
            service = ApiKeyService(session, keys, forget=authenticator.forget)
            await service.revoke(owner_id, made.key.id)
            assert not await is_refused(authenticator, made.secret), "not committed yet"
        assert await is_refused(authenticator, made.secret)


async def test_29_losing_the_listener_forgets_everything(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    async with opened(cache_seconds_unheard=0) as authenticator:
        await listening(authenticator)
        await authenticator.authenticate(made.secret)
        async with database.engine.begin() as connection:
            # One transaction: the listener is dead before the revocation can be announced.
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'app listener' AND datname = current_database()"
                )
            )
            await connection.execute(text("UPDATE api_keys SET revoked_at = now()"))
        await until(lambda: is_refused(authenticator, made.secret))
        await listening(authenticator)
        assert await is_refused(authenticator, made.secret)


async def test_29_while_deaf_keys_are_remembered_for_a_moment_only(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    async with opened(cache_seconds=10**6, cache_seconds_unheard=0.05) as authenticator:
        await listening(authenticator)
        await authenticator._listener.stop()
        await authenticator.authenticate(made.secret)
        async with database.engine.begin() as connection:
            await connection.execute(text("UPDATE api_keys SET revoked_at = now()"))
        await until(lambda: is_refused(authenticator, made.secret))


async def test_trouble_with_the_database_is_no_refusal(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    async with opened() as authenticator:
        async with database.engine.begin() as connection:
            await connection.execute(text("LOCK TABLE api_keys"))
            waiting = asyncio.create_task(authenticator.authenticate(made.secret))
            async with database.read_session() as other:

                async def stopped() -> bool:
                    result = await other.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                        )
                    )
                    return result.first() is not None

                await until(stopped)
            with pytest.raises(UnavailableError):
                await waiting
        await authenticator.authenticate(made.secret)


async def test_inside_a_tests_transaction_nothing_is_remembered(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    async with opened() as authenticator, database.engine.connect() as connection:
        async with database.pinned(connection):
            await authenticator.authenticate(made.secret)
            await connection.execute(text("UPDATE accounts SET status = 'suspended'"))
            assert await is_refused(authenticator, made.secret)
        await connection.rollback()
        await authenticator.authenticate(made.secret)


async def test_a_payload_that_nobody_understands_forgets_everything(
    opened: Open, new_key: MakeKey, database: Database
) -> None:
    made = await new_key()
    async with opened() as authenticator:
        await listening(authenticator)
        await authenticator.authenticate(made.secret)
        for payload in ("", "x" * 64, "nonsense"):
            async with database.engine.begin() as connection:
                await connection.execute(
                    text("SELECT pg_notify('padstone_api_keys', :it)"), {"it": payload}
                )

            async def forgotten() -> bool:
                return len(authenticator._cache) == 0

            await until(forgotten)
            await authenticator.authenticate(made.secret)


def test_building_it_opens_nothing(keys: ApiKeys) -> None:
    ApiKeyAuthenticator(keys, Listener(DatabaseSettings()))
