"""The base of all tables of this system."""

from sqlalchemy.orm import DeclarativeBase

from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)

__all__ = ["Base", "Record"]


class Base(TableBase, DeclarativeBase):
    """Every table of this system."""

    metadata = new_metadata()


class Record(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    """A row with a UUID, its times, a revision for ``If-Match``, and a soft delete."""

    __abstract__ = True
