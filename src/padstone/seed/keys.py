"""Naming another row by what a person calls it, since ids are made when rows are written."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.seed.errors import SeedDataError

__all__ = ["ByKey", "find", "referred"]

# Each value is a parameter of a statement, of which PostgreSQL takes 32,767.
_AT_ONCE = 1000


class ByKey:
    """Stands in a row for the id of another row: ``"parent_id": ByKey(slug="electronics")``.

    The column's foreign key says which table is meant. The other row may be in the database, or
    anywhere among the rows that are written together.
    """

    __slots__ = ("names", "values")

    def __init__(self, **key: Any) -> None:
        if not key:
            raise SeedDataError("ByKey wants the columns that name a row: ByKey(slug='phones').")
        self.names = tuple(sorted(key))
        self.values = tuple(key[name] for name in self.names)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ByKey):
            return NotImplemented
        return (self.names, self.values) == (other.names, other.values)

    def __hash__(self) -> int:
        return hash((self.names, self.values))

    def __repr__(self) -> str:
        pairs = zip(self.names, self.values, strict=True)
        return f"ByKey({', '.join(f'{name}={value!r}' for name, value in pairs)})"


def referred(column: Column[Any]) -> Column[Any]:
    """The column that ``column`` refers to."""
    targets = [key.column for key in column.foreign_keys]
    if len(targets) != 1:
        raise SeedDataError(
            f"{column} takes no ByKey: it has {len(targets)} foreign keys, and one says which "
            "table is meant."
        )
    return targets[0]


async def find(
    session: AsyncSession, target: Column[Any], keys: Iterable[ByKey]
) -> dict[ByKey, Any]:
    """The values of ``target`` in the living rows that ``keys`` name; missing ones are left out."""
    found: dict[ByKey, Any] = {}
    by_names: dict[tuple[str, ...], list[ByKey]] = {}
    for key in dict.fromkeys(keys):
        by_names.setdefault(key.names, []).append(key)
    for names, alike in by_names.items():
        columns = _columns(target.table, names)
        for start in range(0, len(alike), _AT_ONCE):
            values = [key.values for key in alike[start : start + _AT_ONCE]]
            statement = select(target, *columns).where(tuple_(*columns).in_(values))
            if "deleted_at" in target.table.c:
                statement = statement.where(target.table.c.deleted_at.is_(None))
            for value, *seen in await session.execute(statement):
                key = ByKey(**dict(zip(names, seen, strict=True)))
                if key in found:
                    raise SeedDataError(f"{key!r} names several rows of {target.table.name}.")
                found[key] = value
    return found


def _columns(table: Any, names: Iterable[str]) -> list[Column[Any]]:
    assert isinstance(table, Table)  # noqa: S101  # a foreign key points to nothing else
    missing = [name for name in names if name not in table.c]
    if missing:
        raise SeedDataError(f"{table.name} has no column {missing[0]}, which a ByKey names.")
    return [table.c[name] for name in names]
