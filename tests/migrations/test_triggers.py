"""Touch and notify, on every way in which a row is written."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Computed, LargeBinary, Text, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database
from padstone.migrations import triggers
from padstone.models import Identified, Revisioned, TableBase, Timestamped, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Item(Base, Identified, Timestamped, Revisioned):
    __tablename__ = "items"
    name: Mapped[str]
    # Not every type can be compared for equality, and json is one that cannot.
    extra: Mapped[Any] = mapped_column(JSON, server_default="{}")


class Key(Base, Identified, Timestamped, Revisioned):
    __tablename__ = "Keys"  # a name that needs quotes
    name: Mapped[str]
    hash: Mapped[bytes]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None] = mapped_column(info={"touch": False})
    upper_name: Mapped[str] = mapped_column(Text, Computed("upper(name)", persisted=True))


class Visit(Base, Identified, Timestamped):
    __tablename__ = "visits"
    name: Mapped[str]


class Draft(Base, Identified, Revisioned):
    __tablename__ = "drafts"
    name: Mapped[str]


class Sealed(LargeBinary):
    is_rewritten = True


class Secret(Base, Identified, Timestamped, Revisioned):
    __tablename__ = "secrets"
    name: Mapped[str]
    value: Mapped[bytes] = mapped_column(Sealed)


class Plain(Base, Identified):
    __tablename__ = "plain"
    revision: Mapped[int] = mapped_column(server_default="1")  # a number of its own


@pytest.fixture
async def tables(database: Database) -> Database:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers.triggers_sql(Base.metadata):
            await connection.execute(text(statement))
    return database


@pytest.fixture
async def listener(blank_database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def write(database: Database, statement: Any) -> None:
    async with database.session() as session:
        await session.execute(text(statement) if isinstance(statement, str) else statement)


async def make(database: Database, *rows: Any) -> None:
    async with database.session() as session:
        session.add_all(rows)


async def read(database: Database, model: Any) -> Any:
    async with database.read_session() as session:
        return (await session.scalars(select(model))).one()


async def test_the_orm_sees_what_the_trigger_wrote(tables: Database) -> None:
    async with tables.session() as session:
        item = Item(name="a")
        session.add(item)
        await session.flush()
        assert item.revision == 1
        first = item.updated_at
        item.name = "b"
        await session.flush()
        # The same transaction, whose now() stands still: the clock's time moves all the same.
        assert item.revision == 2
        assert item.updated_at > first
        assert item.created_at == first


async def test_bulk_and_raw_statements_touch_every_row_once(tables: Database) -> None:
    await make(tables, *(Item(name=str(number)) for number in range(5)))
    await write(tables, update(Item).values(name=Item.name + "!"))
    await write(tables, "UPDATE items SET name = name || '?'")
    async with tables.read_session() as session:
        items = (await session.scalars(select(Item))).all()
    assert {item.revision for item in items} == {3}
    assert all(item.updated_at > item.created_at for item in items)


async def test_an_upsert_touches(tables: Database) -> None:
    await make(tables, Item(name="a"))
    await write(
        tables,
        "INSERT INTO items (id, name) SELECT id, 'b' FROM items "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
    )
    assert (await read(tables, Item)).revision == 2


async def test_a_statement_that_changes_nothing_touches_nothing(tables: Database) -> None:
    await make(tables, Item(name="a"), Key(name="a", hash=b"a"))
    before = await read(tables, Item)
    await write(tables, "UPDATE items SET name = name")
    await write(tables, 'UPDATE "Keys" SET name = name')
    after = await read(tables, Item)
    assert (after.revision, after.updated_at) == (before.revision, before.updated_at)
    assert (await read(tables, Key)).revision == 1


async def test_an_ignored_column_is_written_and_does_not_touch(tables: Database) -> None:
    await make(tables, Key(name="a", hash=b"a"))
    await write(tables, update(Key).values(last_used_at=func.now()))
    key = await read(tables, Key)
    assert key.last_used_at is not None
    assert (key.revision, key.updated_at) == (1, key.created_at)
    await write(tables, update(Key).values(last_used_at=None, name="b"))
    key = await read(tables, Key)
    assert (key.revision, key.last_used_at, key.upper_name) == (2, None, "B")
    assert key.updated_at > key.created_at


async def test_nobody_sets_the_columns_by_hand(tables: Database) -> None:
    await make(tables, Item(name="a"))
    long_ago = datetime.now(UTC) - timedelta(days=1)
    await write(tables, update(Item).values(name="b", revision=77, updated_at=long_ago))
    item = await read(tables, Item)
    assert item.revision == 2
    assert item.updated_at > item.created_at


async def test_a_table_may_have_one_of_the_two(tables: Database) -> None:
    await make(tables, Visit(name="a"), Draft(name="a"))
    await write(tables, update(Visit).values(name="b"))
    await write(tables, update(Draft).values(name="b"))
    visit = await read(tables, Visit)
    assert visit.updated_at > visit.created_at
    assert (await read(tables, Draft)).revision == 2


async def test_time_does_not_go_back_when_a_transaction_waits(tables: Database) -> None:
    await make(tables, Item(name="a"))
    async with tables.session() as early, tables.session() as late:
        await early.execute(text("SELECT now()"))  # the early transaction has its time
        await late.execute(update(Item).values(name="b"))
        await late.commit()
        first = (await read(tables, Item)).updated_at
        await early.execute(update(Item).values(name="c"))
    assert (await read(tables, Item)).updated_at > first


async def test_what_is_rewritten_is_not_changed(tables: Database) -> None:
    await make(tables, Secret(name="a", value=b"1"), Item(name="a"))
    async with tables.session() as session:
        await session.execute(text(triggers.REWRITING))
        await session.execute(update(Secret).values(value=b"2"))
        await session.execute(update(Item).values(name="b"))
    secret = await read(tables, Secret)
    assert (secret.value, secret.revision, secret.updated_at) == (b"2", 1, secret.created_at)
    # A table without such a column does not know of it.
    assert (await read(tables, Item)).revision == 2


async def test_a_rewriting_ends_with_its_transaction(blank_database: str, tables: Database) -> None:
    await make(tables, Secret(name="a", value=b"1"))
    connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    try:
        for revision in (2, 3):
            async with connection.transaction():
                await connection.execute(triggers.REWRITING)
            await connection.execute("UPDATE secrets SET value = value || 'x'")
            assert (await read(tables, Secret)).revision == revision
    finally:
        await connection.close()


async def test_columns_that_only_share_the_name_are_left_alone(tables: Database) -> None:
    assert triggers.touch_arguments(Plain.__table__) is None  # type: ignore[arg-type]
    await make(tables, Plain())
    await write(tables, update(Plain).values(revision=5))
    assert (await read(tables, Plain)).revision == 5


def test_touch_is_for_its_two_columns() -> None:
    with pytest.raises(ValueError, match="updated_at, revision"):
        triggers.touch_sql("items", columns=("name",))


async def test_the_last_trigger_takes_the_function_along(tables: Database) -> None:
    functions = text("SELECT count(*) FROM pg_proc WHERE proname = 'padstone_touch'")
    left = []
    for name in ("items", "Keys", "visits", "secrets", "drafts"):
        for statement in triggers.drop_touch_sql(name):
            await write(tables, statement)
        async with tables.read_session() as session:
            left.append(await session.scalar(functions))
    assert left == [1, 1, 1, 1, 0]


async def heard(connection: asyncpg.Connection, database: Database, *statements: Any) -> list[str]:
    """What a listener of "keys" gets for the statements, in order."""
    got: asyncio.Queue[str] = asyncio.Queue()
    await connection.add_listener("keys", lambda *event: got.put_nowait(event[3]))
    for statement in (*statements, "SELECT pg_notify('keys', 'end')"):
        await write(database, statement)
    payloads = []
    async with asyncio.timeout(10):
        while (payload := await got.get()) != "end":
            payloads.append(payload)
    return payloads


async def notify_on(database: Database, table: str, column: str, *on: str) -> None:
    for statement in triggers.notify_sql(table, "keys", column, on=on):
        await write(database, statement)


async def test_notify_sends_the_digits_of_bytes(
    tables: Database, listener: asyncpg.Connection
) -> None:
    await notify_on(tables, "Keys", "hash", "revoked_at", "hash")
    await make(tables, Key(name="a", hash=b"\x00\xfe"))
    payloads = await heard(
        listener,
        tables,
        update(Key).values(last_used_at=func.now()),  # nobody's business
        update(Key).values(revoked_at=func.now()),
        update(Key).values(hash=b"\x01"),  # the caches know the former value
        'DELETE FROM "Keys"',
    )
    assert payloads == ["00fe", "00fe", "01"]


async def test_notify_sends_text_as_it_is(tables: Database, listener: asyncpg.Connection) -> None:
    await notify_on(tables, "items", "name", "name")
    await make(tables, Item(name="\\xyz"))
    assert await heard(listener, tables, "DELETE FROM items") == ["\\xyz"]


async def test_without_a_column_only_the_end_of_a_row_is_told(
    tables: Database, listener: asyncpg.Connection
) -> None:
    await notify_on(tables, "items", "name")
    await make(tables, Item(name="a"))
    changed = update(Item).values(name="b")
    assert await heard(listener, tables, changed, "DELETE FROM items") == ["b"]


async def test_nothing_is_sent_for_what_is_undone(
    tables: Database, listener: asyncpg.Connection
) -> None:
    await notify_on(tables, "items", "name", "name")
    await make(tables, Item(name="a"))
    async with tables.session() as session:
        await session.execute(update(Item).values(name="b"))
        await session.rollback()
    assert await heard(listener, tables) == []


async def test_notify_can_be_dropped(tables: Database, listener: asyncpg.Connection) -> None:
    await notify_on(tables, "items", "name", "name")
    for statement in triggers.drop_notify_sql("items", "keys"):
        await write(tables, statement)
    await write(tables, insert(Item).values(name="a"))
    assert await heard(listener, tables, "DELETE FROM items") == []
    functions = text("SELECT count(*) FROM pg_proc WHERE proname = 'padstone_notify'")
    async with tables.read_session() as session:
        assert await session.scalar(functions) == 0


@pytest.mark.parametrize("channel", ["", "é" * 32])
def test_a_channel_that_would_fail_later_is_refused(channel: str) -> None:
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        triggers.notify_sql("items", channel, "name", on=["name"])
