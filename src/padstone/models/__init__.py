"""What a table of a system is made of. The tables themselves belong to the systems.

::

    class Base(DeclarativeBase, TableBase):
        metadata = new_metadata()

    class Account(Base, Identified, Timestamped, SoftDeleted):
        __tablename__ = "accounts"
        email: Mapped[str]
        __table_args__ = (unique_living("accounts", "email"),)
"""

from padstone.models.base import TableBase, new_metadata
from padstone.models.mixins import (
    Identified,
    Revisioned,
    SoftDeleted,
    Timestamped,
    one_of,
    unique_living,
)
from padstone.models.notify import Notify, columns_read, needs_notify, notify_arguments
from padstone.models.search import search_vector
from padstone.models.soft_delete import INCLUDE_DELETED, hide_deleted, living

__all__ = [
    "INCLUDE_DELETED",
    "Identified",
    "Notify",
    "Revisioned",
    "SoftDeleted",
    "TableBase",
    "Timestamped",
    "columns_read",
    "hide_deleted",
    "living",
    "needs_notify",
    "new_metadata",
    "notify_arguments",
    "one_of",
    "search_vector",
    "unique_living",
]
