"""The base of all tables of this system."""

from padstone.models import TableBase, new_metadata
from sqlalchemy.orm import DeclarativeBase

__all__ = ["Base"]


class Base(TableBase, DeclarativeBase):
    """Every table of this system."""

    metadata = new_metadata()
