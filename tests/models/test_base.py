"""Tables get PostgreSQL's own types and constraints with names, and rows do not show themselves."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from padstone.db import Database
from padstone.models import Identified, TableBase, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Order(Base, Identified):
    __tablename__ = "orders"
    number: Mapped[int] = mapped_column(unique=True)
    note: Mapped[str | None] = mapped_column(index=True)
    placed_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    labels: Mapped[list[str]]
    secret: Mapped[str]
    lines: Mapped[list["Line"]] = relationship(back_populates="order", lazy="raise")
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        UniqueConstraint("number", "note"),
    )


class Line(Base):
    __tablename__ = "lines"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise")


def an_order(**values: Any) -> Order:
    return Order(
        **{
            "number": 1,
            "placed_at": datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))),
            "facts": {"a": [1, None, "\u00e4"]},
            "labels": ["x", "y"],
            "secret": "c4n4ry",
            **values,
        }
    )


async def test_every_constraint_has_the_name_that_a_migration_would_write(
    database: Database,
) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        found = await connection.execute(
            text("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        )
        # PostgreSQL 18 counts NOT NULL among them and names those itself.
        names = sorted(name for (name,) in found if not name.endswith("_not_null"))
        assert names == [
            "ck_orders_number_positive",
            "fk_lines_order_id_orders",
            "pk_lines",
            "pk_orders",
            "uq_orders_number",
            "uq_orders_number_note",
        ]
        indexes = await connection.execute(
            text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix%'")
        )
        assert indexes.scalars().all() == ["ix_orders_note"]


async def test_types(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        rows = await connection.execute(
            text(
                "SELECT column_name, udt_name FROM information_schema.columns "
                "WHERE table_name = 'orders'"
            )
        )
        assert dict(rows.all()) == {
            "id": "uuid",
            "number": "int8",
            "note": "text",
            "placed_at": "timestamptz",
            "facts": "jsonb",
            "labels": "_text",
            "secret": "text",
        }


async def test_values_come_back_as_they_went(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.session() as session:
        session.add(order := an_order(number=2**62))
    async with database.read_session() as session:
        found = (await session.scalars(select(Order))).one()
    assert found.id == order.id
    assert found.number == 2**62
    assert found.placed_at == datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert found.placed_at.utcoffset() == timedelta(0)
    assert (found.facts, found.labels) == ({"a": [1, None, "\u00e4"]}, ["x", "y"])


def test_a_row_shows_its_key_and_nothing_else() -> None:
    order = an_order()
    assert repr(order) == "<Order ?>"
    order.id = UUID(int=1)
    assert repr(order) == f"<Order {UUID(int=1)}>"
    assert repr(Line(position=1)) == "<Line ?>"


async def test_showing_a_row_asks_no_database(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.session() as session:
        session.add(order := an_order())
        await session.flush()
        session.expire(order)
        assert repr(order) == "<Order ?>"
        assert f"{[order]}" == "[<Order ?>]"
    assert inspect(order).detached


@pytest.mark.parametrize("table", Base.metadata.sorted_tables)
def test_no_name_is_longer_than_postgresql_keeps(table: Any) -> None:
    named = [*table.constraints, *table.indexes]
    assert all(one.name and len(one.name) <= 63 for one in named)
