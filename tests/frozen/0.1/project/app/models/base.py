"""The base of all tables of this system."""

from sqlalchemy.orm import DeclarativeBase

from padstone.models import TableBase, new_metadata

__all__ = ["Base"]


class Base(TableBase, DeclarativeBase):
    """Every table of this system."""

    metadata = new_metadata()
