"""What each kind of session sends and refuses, and what happens after a commit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import UniqueConstraint, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Mapped

from padstone.db import Database, after_commit
from padstone.models import Identified, TableBase, new_metadata
from padstone.settings import DatabaseSettings


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Thing(Base, Identified):
    __tablename__ = "things"
    name: Mapped[str]


class Once(Base, Identified):
    __tablename__ = "once"
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("name", deferrable=True, initially="DEFERRED"),)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tables(database_factory: Any) -> AsyncIterator[Database]:
    async with database_factory.blank() as url:
        database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield database
        await database.close()


@pytest_asyncio.fixture
async def things(tables: Database) -> Database:
    """There is one thing, and its name is a."""
    async with tables.session() as session:
        await session.execute(delete(Thing))
        session.add(Thing(name="a"))
    return tables


async def create(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(Thing).values(name="a"))


async def count(database: Database) -> int:
    async with database.read_session() as session:
        return await session.scalar(select(func.count()).select_from(Thing)) or 0


class TestReading:
    async def test_it_sends_the_query_and_nothing_else(
        self, open_database: Any, proxy: Any
    ) -> None:
        url = await proxy.listen()
        database = await open_database(DATABASE_URL=url, DATABASE_SSL="disable")
        await create(database)
        query = select(Thing.name).where(Thing.name == "a")
        async with database.read_session() as session:
            await session.scalar(query)  # prepares it
        proxy.sent.clear()
        async with database.read_session() as session:
            assert (await session.execute(query)).scalars().all() == ["a"]
            assert (await session.execute(query)).scalars().all() == ["a"]
        assert proxy.statements() == []
        assert proxy.round_trips() == 2

    async def test_a_writing_session_sends_one_transaction(
        self, open_database: Any, proxy: Any
    ) -> None:
        url = await proxy.listen()
        database = await open_database(DATABASE_URL=url, DATABASE_SSL="disable")
        await create(database)
        proxy.sent.clear()
        async with database.session() as session:
            session.add(Thing(name="b"))
        first, *between, last = proxy.statements()
        assert first.startswith("BEGIN")
        assert last == "COMMIT;"
        assert all(statement.startswith("INSERT") for statement in between)

    async def test_a_session_that_asks_nothing_sends_nothing(
        self, open_database: Any, proxy: Any
    ) -> None:
        url = await proxy.listen()
        database = await open_database(DATABASE_URL=url, DATABASE_SSL="disable")
        proxy.sent.clear()
        async with database.session(), database.read_session():
            pass
        assert proxy.sent == []

    @pytest.mark.parametrize(
        "statement",
        [
            insert(Thing).values(name="b"),
            update(Thing).values(name="b"),
            delete(Thing),
            delete(Thing.__table__),
            select(Thing).with_for_update(),
            text("DELETE FROM things"),
            text("  \n update things SET name = 'b'"),
            text("CREATE TABLE others ()"),
        ],
        ids=str,
    )
    async def test_it_refuses_to_write(self, things: Database, statement: Any) -> None:
        with pytest.raises(RuntimeError, match="Take SessionDep"):
            async with things.read_session() as session:
                await session.execute(statement)
        assert await count(things) == 1

    @pytest.mark.parametrize("how", ["add", "change", "delete"])
    @pytest.mark.parametrize("flushed", [True, False])
    async def test_it_refuses_changed_objects_and_forgets_none(
        self,
        things: Database,
        how: str,
        flushed: bool,  # noqa: FBT001
    ) -> None:
        with pytest.raises(RuntimeError, match="Take SessionDep"):
            async with things.read_session() as session:
                thing = (await session.scalars(select(Thing))).one()
                match how:
                    case "add":
                        session.add(Thing(name="b"))
                    case "change":
                        thing.name = "b"
                    case _:
                        await session.delete(thing)
                if flushed:
                    await session.flush()
        async with things.read_session() as session:
            assert (await session.scalars(select(Thing.name))).all() == ["a"]

    @pytest.mark.parametrize(
        "sql", ["SELECT 1", "WITH x AS (SELECT 1) SELECT * FROM x", "VALUES (1)", "SHOW timezone"]
    )
    async def test_it_reads_in_text_too(self, things: Database, sql: str) -> None:
        async with things.read_session() as session:
            assert (await session.execute(text(sql))).one()

    async def test_it_sees_what_was_committed_meanwhile(self, things: Database) -> None:
        names = select(Thing.name).order_by(Thing.name)
        async with things.read_session() as reading:
            assert (await reading.scalars(names)).all() == ["a"]
            async with things.session() as writing:
                writing.add(Thing(name="b"))
            assert (await reading.scalars(names)).all() == ["a", "b"]


class TestWriting:
    async def test_the_block_is_one_transaction(self, things: Database) -> None:
        async with things.session() as session:
            session.add(Thing(name="b"))
            await session.flush()
            assert await count(things) == 1
        assert await count(things) == 2

    async def test_an_error_undoes_it_and_is_passed_on(self, things: Database) -> None:
        with pytest.raises(KeyError):
            async with things.session() as session:
                session.add(Thing(name="b"))
                await session.flush()
                raise KeyError
        assert await count(things) == 1

    async def test_a_commit_that_fails_is_an_error(self, things: Database) -> None:
        reached = False
        with pytest.raises(DBAPIError, match="uq_once_name"):
            async with things.session() as session:
                session.add_all([Thing(name="b"), Once(name="a"), Once(name="a")])
                await session.flush()
                reached = True
        assert reached
        assert await count(things) == 1
        assert things.pool_status()["in_use"] == 0

    async def test_what_was_read_can_be_used_after_the_commit(self, things: Database) -> None:
        async with things.session() as session:
            thing = (await session.scalars(select(Thing))).one()
            await session.commit()
            assert thing.name == "a"
        assert thing.name == "a"

    @pytest.mark.parametrize("kind", ["session", "read_session"])
    async def test_a_closed_session_stays_closed(self, things: Database, kind: str) -> None:
        async with getattr(things, kind)() as session:
            await session.scalars(select(Thing))
        with pytest.raises(InvalidRequestError, match="closed"):
            await session.scalars(select(Thing))
        assert things.pool_status()["in_use"] == 0


class TestAfterCommit:
    async def test_it_happens_once_and_after_the_commit(self, things: Database) -> None:
        seen: list[str] = []
        async with things.session() as session:
            session.add(Thing(name="b"))
            after_commit(session, lambda: seen.append("one"))
            after_commit(session, lambda: seen.append("two"))
            await session.flush()
            assert seen == []
        assert seen == ["one", "two"]

    async def test_each_commit_has_its_own(self, things: Database) -> None:
        seen: list[str] = []
        async with things.session() as session:
            after_commit(session, lambda: seen.append("one"))
            await session.execute(select(Thing))
            await session.commit()
            assert seen == ["one"]
            session.add(Thing(name="b"))
            after_commit(session, lambda: seen.append("two"))
        assert seen == ["one", "two"]

    @pytest.mark.parametrize("began", [True, False])
    async def test_it_does_not_happen_after_a_rollback(
        self,
        things: Database,
        began: bool,  # noqa: FBT001
    ) -> None:
        seen: list[str] = []
        async with things.session() as session:
            if began:
                await session.execute(select(Thing))
            after_commit(session, lambda: seen.append("undone"))
            await session.execute(select(Thing))
            await session.rollback()
            session.add(Thing(name="b"))
        assert seen == []

    async def test_nor_after_an_error(self, things: Database) -> None:
        seen: list[str] = []
        with pytest.raises(KeyError):
            async with things.session() as session:
                await session.execute(select(Thing))
                after_commit(session, lambda: seen.append("undone"))
                raise KeyError
        assert seen == []

    async def test_nor_when_the_commit_fails(self, things: Database) -> None:
        seen: list[str] = []
        with pytest.raises(DBAPIError):
            async with things.session() as session:
                session.add(Thing(name="\x00"))
                after_commit(session, lambda: seen.append("undone"))
        assert seen == []

    async def test_a_savepoint_is_no_commit(self, things: Database) -> None:
        seen: list[str] = []
        async with things.session() as session:
            async with session.begin_nested():
                after_commit(session, lambda: seen.append("inner"))
                session.add(Thing(name="b"))
            assert seen == []
            after_commit(session, lambda: seen.append("outer"))
        assert seen == ["inner", "outer"]

    async def test_what_was_asked_for_in_a_savepoint_ends_with_it(self, things: Database) -> None:
        seen: list[str] = []

        async def undone(session: Any, *, deep: bool) -> None:
            async with session.begin_nested():
                after_commit(session, lambda: seen.append("inner"))
                if deep:
                    async with session.begin_nested():
                        after_commit(session, lambda: seen.append("innermost"))
                raise KeyError

        async with things.session() as session:
            after_commit(session, lambda: seen.append("outer"))
            for deep in (False, True):
                with pytest.raises(KeyError):
                    await undone(session, deep=deep)
            session.add(Thing(name="b"))
        assert seen == ["outer"]
