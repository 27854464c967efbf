"""The base of a system's tables: names for constraints, and PostgreSQL's own types."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

__all__ = ["TableBase", "new_metadata"]

# A constraint without a name cannot be dropped by a migration, and PostgreSQL's own names differ
# from what autogenerate would write.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """The tables of one system, with a naming convention for their constraints."""
    return MetaData(naming_convention=_NAMES)


class TableBase:
    """Mixed into a system's ``DeclarativeBase``."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        int: BigInteger,
        list[str]: ARRAY(Text),
        str: Text,
        UUID: Uuid,
    }
    # What the database decides (timestamps, revisions) comes back with the statement that wrote it.
    __mapper_args__: Any = {"eager_defaults": True}  # noqa: RUF012

    def __repr__(self) -> str:
        # Only the key: a row may hold secrets, and reading a column may need the database.
        return f"<{type(self).__name__} {self.__dict__.get('id', '?')}>"
