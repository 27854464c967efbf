"""Columns that many tables share."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    FetchedValue,
    Index,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from padstone.ids import new_id

__all__ = ["Identified", "Revisioned", "SoftDeleted", "Timestamped", "one_of", "unique_living"]


# The types are said, so that these do the same on a base that is no ``TableBase``.


class Identified:
    """A UUID version 7 as primary key, made by Python, so that it is known before the insert."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id, sort_order=-100)


class Timestamped:
    """When the row was made and last written, UTC.

    A trigger keeps ``updated_at``, so that every kind of write does: the ORM, bulk statements and
    a person with a prompt. ``padstone db revision`` writes the trigger into the migration.
    """

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), sort_order=900
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.now(),
        server_onupdate=FetchedValue(),
        sort_order=901,
    )


class Revisioned:
    """A number that grows with every write of the row; ``ETag`` and ``If-Match`` compare it.

    The same trigger that keeps ``updated_at`` keeps it.
    """

    revision: Mapped[int] = mapped_column(
        BigInteger, server_default=text("1"), server_onupdate=FetchedValue(), sort_order=902
    )


class SoftDeleted:
    """A deleted row stays, with the time of its deletion, and queries skip it unless asked."""

    deleted_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), default=None, sort_order=903
    )


def unique_living(table: str, *columns: str) -> Index:
    """A unique index that ignores deleted rows, so that a value is free again after deletion."""
    return Index(
        f"uq_{table}_{'_'.join(columns)}_living",
        *columns,
        unique=True,
        postgresql_where=text("deleted_at IS NULL"),
    )


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A constraint, named like the column: its text is one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
