"""What many tables share behaves the same in each."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import RFC_4122, UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.schema import CreateIndex, CreateTable

from padstone.db import Database
from padstone.migrations.triggers import triggers_sql
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
    one_of,
    unique_living,
)
from padstone.testing.queries import QueryCounter


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Thing(Base, SoftDeleted, Revisioned, Timestamped, Identified):
    __tablename__ = "things"
    name: Mapped[str]
    owner: Mapped[UUID | None]
    __table_args__ = (unique_living("things", "name", "owner"),)


async def create(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers_sql(Base.metadata):
            await connection.execute(text(statement))


async def test_an_id_is_made_before_the_insert_and_needs_no_query(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        things = [Thing(name=str(number)) for number in range(3)]
        session.add_all(things)
        with QueryCounter(database.engine.sync_engine).at_most(1):
            await session.flush()
        assert [thing.id for thing in things] == sorted(thing.id for thing in things)
        assert all((thing.id.version, thing.id.variant) == (7, RFC_4122) for thing in things)


async def test_what_the_database_decides_comes_back_with_the_write(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        session.add(thing := Thing(name="a"))
        await session.flush()
        with QueryCounter(database.engine.sync_engine).at_most(0):
            first = thing.updated_at
            assert abs(datetime.now(UTC) - first) < timedelta(minutes=5)
            assert (thing.created_at, thing.revision, thing.deleted_at) == (first, 1, None)
        thing.name = "b"
        with QueryCounter(database.engine.sync_engine).at_most(1):
            await session.flush()
            assert thing.updated_at > first
            assert (thing.created_at, thing.revision) == (first, 2)


async def test_every_kind_of_write_is_counted(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        session.add(thing := Thing(name="a"))
        await session.flush()
        await session.execute(update(Thing).values(name="b"))
        await session.execute(text("UPDATE things SET name = 'c'"))
        await session.execute(text("UPDATE things SET name = 'c'"))  # changes nothing
        seen = select(Thing.revision).where(Thing.id == thing.id)
        assert await session.scalar(seen) == 3


def test_columns_stand_where_a_reader_expects_them() -> None:
    assert Thing.__table__.c.keys() == [
        "id",
        "name",
        "owner",
        "created_at",
        "updated_at",
        "revision",
        "deleted_at",
    ]
    ddl = str(CreateTable(Thing.__table__).compile(dialect=postgresql.dialect()))
    assert "deleted_at TIMESTAMP WITH TIME ZONE," in ddl


def test_a_living_value_is_unique() -> None:
    [index] = Thing.__table__.indexes
    assert str(CreateIndex(index).compile(dialect=postgresql.dialect())) == (
        "CREATE UNIQUE INDEX uq_things_name_owner_living ON things (name, owner) "
        "WHERE deleted_at IS NULL"
    )


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Shirt(Base, Identified):
    __tablename__ = "shirts"
    size: Mapped[str]
    __table_args__ = (one_of("size", Size),)


async def test_a_text_is_one_of_an_enums_values(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        session.add_all(Shirt(size=size) for size in Size)
    with pytest.raises(IntegrityError, match="ck_shirts_size"):
        async with database.session() as session:
            session.add(Shirt(size="medium"))
