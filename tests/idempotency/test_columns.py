"""The table of answers."""

from datetime import timedelta

import pytest
from sqlalchemy import Index, UniqueConstraint, func, insert, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from padstone.db import Database
from padstone.idempotency import IdempotencyRecordColumns, purge_expired
from padstone.models import Identified, TableBase, new_metadata

from .conftest import Record


def row(key: str, hours: int = 1) -> dict[str, object]:
    return {
        "principal": "ann",
        "operation": "POST /",
        "key": key,
        "request_hash": b"",
        "status": 200,
        "headers": [],
        "body": b"",
        "expires_at": func.now() + timedelta(hours=hours),
    }


async def test_purge_deletes_what_is_over(tables: Database) -> None:
    async with tables.session() as session:
        for key, hours in {"old": -1, "older": -50, "young": 1}.items():
            await session.execute(insert(Record).values(row(key, hours)))
        assert await purge_expired(session, Record) == 2
        assert await purge_expired(session, Record) == 0
        assert (await session.scalars(select(Record.key))).all() == ["young"]


async def test_a_key_is_unique_for_its_principal_and_operation(tables: Database) -> None:
    async with tables.session() as session:
        await session.execute(insert(Record).values(row("k")))
        with pytest.raises(IntegrityError, match="uq_records_principal_operation_key"):
            await session.execute(insert(Record).values(row("k")))
        await session.rollback()


def test_a_table_with_arguments_of_its_own_has_the_constraint_too() -> None:
    class Base(DeclarativeBase, TableBase):
        metadata = new_metadata()

    class Other(Base, IdempotencyRecordColumns, Identified):
        __tablename__ = "others"
        __table_args__ = (Index("mine", "status"),)

    table = inspect(Other).local_table
    found = {str(c.name) for c in table.constraints if isinstance(c, UniqueConstraint)}  # type: ignore[attr-defined]
    assert found == {"uq_others_principal_operation_key"}
    assert {index.name for index in table.indexes} == {"mine", "ix_others_expires_at"}  # type: ignore[attr-defined]
