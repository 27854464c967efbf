"""The base of all tables of this system, and what most of them share."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)

__all__ = ["Base", "Owned", "Record", "Versioned", "enum_column"]

E = TypeVar("E", bound=StrEnum)


class Base(TableBase, DeclarativeBase):
    """Every table of this system."""

    metadata = new_metadata()


class Record(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    """A row with a UUID, its times, a revision for ``If-Match``, and a soft delete."""

    __abstract__ = True


class Owned:
    """A row that belongs to one user, and goes for good when that user is erased."""

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"),
        index=True,
        comment="Whose it is.",
        sort_order=-90,
    )


class Versioned:
    """One text in a series of versions. Its words never change: a change is a new version."""

    version: Mapped[int] = mapped_column(comment="Counts from 1 within the series.")
    is_active: Mapped[bool] = mapped_column(
        default=False, comment="Whether it is the one in use; at most one is."
    )


def enum_column(kind: type[E], name: str) -> Enum:
    """A PostgreSQL enum called ``name`` whose labels are the values of ``kind``."""

    def values(members: Iterable[E]) -> list[str]:
        return [member.value for member in members]

    return Enum(kind, name=name, values_callable=values)
