"""Rows declared as data, written so that a second time changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Index, Table, UniqueConstraint, cast, inspect, or_
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.elements import ColumnElement

from padstone.seed.errors import SeedDataError
from padstone.seed.order import Declared, waves

__all__ = ["RowCounts", "write"]

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows were made, how many changed, and how many were right already."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "RowCounts") -> "RowCounts":
        return RowCounts(
            self.made + other.made, self.changed + other.changed, self.unchanged + other.unchanged
        )

    def __str__(self) -> str:
        """For people: ``8 made, 1 changed``."""
        counts = (("made", self.made), ("changed", self.changed), ("unchanged", self.unchanged))
        return ", ".join(f"{count:,} {word}" for word, count in counts if count) or "no rows"


async def write(
    session: AsyncSession,
    model: type[Any],
    rows: Iterable[Mapping[str, Any]],
    key: Sequence[str],
    reached: Callable[[int, int], None],
) -> RowCounts:
    """Makes or changes the rows, each found by the columns of ``key``; calls ``reached`` between.

    Only columns that a row names are compared and written. One statement is sent for up to 1,000
    rows that name the same columns.
    """
    mapper = inspect(model)
    table = mapper.local_table
    arbiter = _arbiter(table, [_column(mapper, name, "the key") for name in key])
    declared = [_declare(mapper, table, number, row, key) for number, row in enumerate(rows, 1)]
    _refuse_repeated(declared)
    counts, written = RowCounts(), 0
    async for wave in waves(session, table, declared):
        for batch in _batches(wave):
            counts += await _upsert(session, table, batch, arbiter)
            written += len(batch)
            reached(written, len(declared))
    return counts


def _declare(
    mapper: Mapper[Any], table: Table, number: int, row: Mapping[str, Any], key: Sequence[str]
) -> Declared:
    where = f"row {number} of {table.name}"
    values = {_column(mapper, name, where).name: value for name, value in row.items()}
    names = [_column(mapper, name, where).name for name in key]
    missing = [name for name in names if values.get(name) is None]
    if missing:
        raise SeedDataError(f"{where} has no {missing[0]}, by which rows are found again.")
    return Declared(where, tuple(values[name] for name in names), values)


def _column(mapper: Mapper[Any], name: str, where: str) -> Column[Any]:
    """The column behind an attribute of the model."""
    found = mapper.columns.get(name)
    if not isinstance(found, Column) or found.table is not mapper.local_table:
        known = ", ".join(sorted(mapper.columns.keys()))
        raise SeedDataError(
            f"{where} names {name}, which is no column of {mapper.class_.__name__}. It has {known}."
        )
    return found


def _refuse_repeated(declared: Iterable[Declared]) -> None:
    seen: dict[tuple[Any, ...], Declared] = {}
    for row in declared:
        other = seen.setdefault(row.key, row)
        if other is not row:
            raise SeedDataError(f"{row.where} has the key of {other.where}: {_shown(row.key)}.")


def _shown(key: tuple[Any, ...]) -> str:
    return ", ".join(map(repr, key))


def _arbiter(table: Table, key: list[Column[Any]]) -> dict[str, Any]:
    """What tells PostgreSQL which unique index finds a row again."""
    wanted = set(key)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and set(constraint.columns) == wanted:
            return {"index_elements": key}
    if set(table.primary_key.columns) == wanted:
        return {"index_elements": key}
    for index in sorted(table.indexes, key=_name):
        if index.unique and set(index.expressions) == wanted:
            living = index.dialect_options["postgresql"]["where"]
            return {"index_elements": key, "index_where": living}
    names = ", ".join(column.name for column in key)
    raise SeedDataError(
        f"Nothing keeps {names} unique in {table.name}, so rows cannot be found again by it. "
        "Give the table a unique constraint, or unique_living, of exactly these columns."
    )


def _name(index: Index) -> str:
    return str(index.name)


def _batches(wave: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Rows that name the same columns, in portions."""
    alike: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in wave:
        alike.setdefault(frozenset(row), []).append(row)
    for rows in alike.values():
        for start in range(0, len(rows), _BATCH):
            yield rows[start : start + _BATCH]


async def _upsert(
    session: AsyncSession, table: Table, batch: list[dict[str, Any]], arbiter: dict[str, Any]
) -> RowCounts:
    statement = insert(table)
    keys = {column.name for column in arbiter["index_elements"]}
    others = [table.c[name] for name in batch[0] if name not in keys]
    if others:
        statement = statement.on_conflict_do_update(
            **arbiter,
            set_={column.name: statement.excluded[column.name] for column in others},
            # PostgreSQL writes a row that it is told to, even with what it holds already.
            where=or_(*(_differs(column, statement.excluded[column.name]) for column in others)),
        )
    else:
        statement = statement.on_conflict_do_nothing(**arbiter)
    # A row that this statement has made is locked by nobody; one that it changed, by this
    # transaction. A row that it left alone is not returned.
    made = literal(f'"{table.name}".xmax = 0', Boolean)
    written = (
        await session.scalars(
            statement.returning(made), batch, execution_options={"insertmanyvalues_page_size": 1000}
        )
    ).all()
    new = sum(written)
    return RowCounts(new, len(written) - new, len(batch) - len(written))


def _differs(column: Column[Any], wanted: ColumnElement[Any]) -> ColumnElement[bool]:
    # PostgreSQL's json has no equality; its jsonb has.
    if isinstance(column.type, JSON) and not isinstance(column.type, JSONB):
        return cast(column, JSONB).is_distinct_from(cast(wanted, JSONB))
    return column.is_distinct_from(wanted)
