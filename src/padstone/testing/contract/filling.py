"""Rows for any table, made from what the metadata says of its columns."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Column, MetaData, Table, insert
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.crypto import Ciphertext, Encrypted
from padstone.ids import new_id

__all__ = ["Filling"]

_VALUES: dict[type, Any] = {
    bool: False,
    bytes: bytes(32),  # most often a digest
    date: date(2024, 5, 1),
    datetime: datetime(2030, 5, 1, 12, tzinfo=UTC),
    Decimal: Decimal(1),
    dict: {},
    float: 1.0,
    int: 1,
    list: [],
    str: "x",
    time: time(12),
    timedelta: timedelta(hours=1),
}


class Filling:
    """Makes rows, and the rows that they refer to. A table's first row is used by all others.

    ``values`` says by table and column what the types do not tell.
    """

    def __init__(
        self,
        session: AsyncSession,
        metadata: MetaData,
        values: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._session, self._metadata, self._values = session, metadata, values
        self._first: dict[Table, Mapping[str, Any]] = {}

    async def everything(self) -> None:
        """A row in every table."""
        for table in self._metadata.sorted_tables:
            await self.first(table)

    async def first(self, table: Table) -> Mapping[str, Any]:
        """The row of ``table`` that others refer to, as the database has it."""
        if table not in self._first:
            self._first[table] = await self.row(table)
        return self._first[table]

    async def row(self, table: Table, **given: Any) -> Mapping[str, Any]:
        """A new row of ``table`` as the database has it; ``given`` are values of its columns."""
        values = {**await self._needed(table), **self._values.get(table.name, {}), **given}
        try:
            async with self._session.begin_nested():
                made = await self._session.execute(insert(table).values(values).returning(*table.c))
        except (IntegrityError, StatementError) as error:
            raise AssertionError(
                f"The table {table.name} refuses the row that was made up for it, {values}: "
                f"{error.__cause__ or error}\nSay in the World of tests/world.py what it wants: "
                f'values = {{"{table.name}": {{"column": …}}}}'
            ) from error
        return dict(made.mappings().one())

    async def _needed(self, table: Table) -> dict[str, Any]:
        found = {}
        for column in table.c:
            made = column.default, column.server_default, column.identity
            by_itself = any(one is not None for one in made)
            if not by_itself and not column.nullable and column is not table.autoincrement_column:
                found[column.name] = await self._value(table, column)
        return found

    async def _value(self, table: Table, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            if key.column.table is not table:
                return (await self.first(key.column.table))[key.column.name]
        return _listed(table, column) or _of_type(column)


def _of_type(column: Column[Any]) -> Any:
    if isinstance(column.type, Encrypted):
        return Ciphertext(bytes(64))
    if isinstance(column.type, ARRAY):
        return []
    if names := getattr(column.type, "enums", None):
        kind = getattr(column.type, "enum_class", None)
        return next(iter(kind)) if kind else names[0]
    kind = column.type.python_type
    return new_id() if kind.__name__ == "UUID" else _VALUES.get(kind, "x")


def _listed(table: Table, column: Column[Any]) -> str | None:
    """The first of the texts that a check allows for ``column``."""
    name = re.escape(column.name)
    for check in table.constraints:
        if isinstance(check, CheckConstraint):
            found = re.search(rf"\b{name}\"? IN \('([^']*)'", str(check.sqltext))
            if found:
                return found[1]
    return None
