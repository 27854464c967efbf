"""In which order rows are written: one that names another comes after it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.seed.errors import SeedDataError
from padstone.seed.keys import ByKey, find, referred

__all__ = ["Declared", "waves"]


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One row as it was declared. ``where`` names it in messages."""

    where: str
    key: tuple[Any, ...]
    values: dict[str, Any]

    def references(self) -> Iterator[tuple[str, ByKey]]:
        """The columns whose value is another row's id."""
        for name, value in self.values.items():
            if isinstance(value, ByKey):
                yield name, value


async def waves(
    session: AsyncSession, table: Table, rows: list[Declared]
) -> AsyncIterator[list[dict[str, Any]]]:
    """Portions of rows with ids in the place of each ``ByKey``.

    A row waits for those of the same table that it names; the next portion is resolved when the
    one before is written. ``SeedDataError`` where rows wait for each other, or name nothing.
    """
    while rows:
        among = _among(table, rows)
        ready = [row for row in rows if not _waits(table, row, among)]
        if not ready:
            names = "; ".join(row.where for row in rows[:5])
            raise SeedDataError(f"These rows name each other in a circle: {names}.")
        yield await _resolved(session, table, ready)
        done = set(ready)
        rows = [row for row in rows if row not in done]


def _among(table: Table, rows: Iterable[Declared]) -> set[ByKey]:
    """What the waiting rows may be called by those that wait for them."""
    used = {
        key.names
        for row in rows
        for name, key in row.references()
        if referred(table.c[name]).table is table
    }
    return {
        ByKey(**{name: row.values[name] for name in names})
        for row in rows
        for names in used
        if all(name in row.values for name in names)
    }


def _waits(table: Table, row: Declared, among: set[ByKey]) -> bool:
    return any(
        key in among and referred(table.c[name]).table is table for name, key in row.references()
    )


async def _resolved(
    session: AsyncSession, table: Table, rows: list[Declared]
) -> list[dict[str, Any]]:
    wanted: dict[str, list[ByKey]] = {}
    for row in rows:
        for name, key in row.references():
            wanted.setdefault(name, []).append(key)
    found = {
        name: await find(session, referred(table.c[name]), keys) for name, keys in wanted.items()
    }
    for row in rows:
        for name, key in row.references():
            if key not in found[name]:
                raise SeedDataError(
                    f"{row.where}: {name} is {key!r}, and there is no such row in "
                    f"{referred(table.c[name]).table.name}, nor among these."
                )
    return [row.values | {name: found[name][key] for name, key in row.references()} for row in rows]
