"""The place that a ciphertext is bound to: one column of one row of one table."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Mapper

from padstone.crypto.column import Encrypted
from padstone.crypto.errors import RowWithoutIdError

__all__ = ["Place"]


class Place(NamedTuple):
    """Names as the database has them, and the row's primary key as texts."""

    table: str
    column: str
    key: tuple[str, ...]

    @classmethod
    def of(cls, row: object, attribute: str) -> "Place":
        """The place of ``row.attribute``.

        Raises ``TypeError`` where that is no encrypted column of a mapped class, and
        ``RowWithoutIdError``.
        """
        mapper = _mapper(row)
        found = mapper.columns.get(attribute)
        if not isinstance(found, Column) or not isinstance(found.type, Encrypted):
            raise TypeError(f"{type(row).__name__}.{attribute} is not a column of type Encrypted.")
        return cls.at(found, mapper.primary_key_from_instance(row))

    @classmethod
    def at(cls, column: "Column[object]", key: Sequence[object]) -> "Place":
        """The place of ``column`` in the row that has this primary key."""
        if not key or any(part is None for part in key):
            raise RowWithoutIdError
        assert isinstance(column.table, Table)  # noqa: S101  # an encrypted column is a table's
        return cls(column.table.name, column.name, tuple(map(str, key)))

    def encoded(self) -> bytes:
        """The place as bytes, such that no two places have the same."""
        return json.dumps([self.table, self.column, *self.key]).encode()


def _mapper(row: object) -> Mapper[object]:
    mapper = inspect(type(row), raiseerr=False)
    if not isinstance(mapper, Mapper):
        raise TypeError(f"{type(row).__name__} is not the class of a table's rows.")
    return mapper
