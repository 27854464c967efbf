import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog.testing
import time_machine
from sqlalchemy import select, text

from padstone.auth import ApiKeys, NewKey
from padstone.auth.usage import Usage
from padstone.db import Database
from padstone.testing.queries import QueryCounter

MakeKey = Callable[..., Awaitable[NewKey]]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def usage(keys: ApiKeys, database: Database) -> Usage:
    return Usage(keys.model, seconds=10, database=database)


@pytest.fixture
def last_used(keys: ApiKeys, database: Database) -> Callable[[UUID], Awaitable[Any]]:
    async def read(key_id: UUID) -> Any:
        async with database.read_session() as session:
            return await session.scalar(
                select(keys.model.last_used_at).where(keys.model.id == key_id)
            )

    return read


def use(usage: Usage, key: NewKey, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        usage.note(key.key.id)


async def test_many_uses_of_many_keys_are_one_write(
    usage: Usage, new_key: MakeKey, database: Database, last_used: Any
) -> None:
    one, two, unused = [await new_key() for _ in range(3)]
    for minute in range(5):
        use(usage, one, NOON + timedelta(minutes=minute))
    use(usage, two, NOON)
    counter = QueryCounter(database.engine.sync_engine)
    with counter.counting() as seen:
        await usage.flush()
        await usage.flush()
    assert len(seen) == 1
    assert await last_used(one.key.id) == NOON + timedelta(minutes=4)
    assert await last_used(two.key.id) == NOON
    assert await last_used(unused.key.id) is None


async def test_being_used_is_no_change(usage: Usage, new_key: MakeKey, database: Database) -> None:
    made = await new_key()
    use(usage, made, NOON)
    await usage.flush()
    async with database.read_session() as session:
        row = await session.execute(text("SELECT created_at = updated_at AS same FROM api_keys"))
        assert row.scalar_one()


async def test_an_earlier_use_overwrites_no_later_one(
    usage: Usage, new_key: MakeKey, last_used: Any
) -> None:
    made = await new_key()
    use(usage, made, NOON)
    await usage.flush()
    use(usage, made, NOON - timedelta(minutes=1))  # another process, whose turn came late
    await usage.flush()
    assert await last_used(made.key.id) == NOON


async def test_a_key_that_is_gone_does_no_harm(usage: Usage) -> None:
    usage.note(UUID(int=1))
    await usage.flush()


async def test_a_row_in_use_is_left_out_rather_than_waited_for(
    usage: Usage, new_key: MakeKey, database: Database, last_used: Any
) -> None:
    busy, free = [await new_key() for _ in range(2)]
    use(usage, busy, NOON)
    use(usage, free, NOON)
    async with database.session() as session:
        await session.execute(
            text("SELECT 1 FROM api_keys WHERE id = :id FOR UPDATE"), {"id": busy.key.id}
        )
        async with asyncio.timeout(30):
            await usage.flush()
    assert await last_used(busy.key.id) is None
    assert await last_used(free.key.id) == NOON


async def test_a_failure_is_logged_and_the_next_time_takes_it_along(
    usage: Usage, new_key: MakeKey, database: Database, last_used: Any
) -> None:
    made = await new_key()
    use(usage, made, NOON)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE api_keys RENAME TO elsewhere"))
    with structlog.testing.capture_logs() as lines:
        await usage.flush()
    assert [line["event"] for line in lines] == ["last use of credentials not written"]
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO api_keys"))
    await usage.flush()
    assert await last_used(made.key.id) == NOON


async def test_stopping_writes_what_is_left(usage: Usage, new_key: MakeKey, last_used: Any) -> None:
    made = await new_key()
    usage.start()
    use(usage, made, NOON)
    await usage.stop()
    assert await last_used(made.key.id) == NOON


async def test_it_is_written_by_and_by(opened: Any, new_key: MakeKey, last_used: Any) -> None:
    made = await new_key()
    async with opened(usage_seconds=0.01) as authenticator:
        await authenticator.authenticate(made.secret)
        async with asyncio.timeout(30):
            while await last_used(made.key.id) is None:
                await asyncio.sleep(0.01)


async def test_inside_a_tests_transaction_it_keeps_still(
    usage: Usage, new_key: MakeKey, database: Database, last_used: Any
) -> None:
    made = await new_key()
    use(usage, made, NOON)
    async with database.engine.connect() as connection, database.pinned(connection):
        await usage._flush_in_turn()
    assert await last_used(made.key.id) is None
    await usage._flush_in_turn()
    assert await last_used(made.key.id) == NOON
