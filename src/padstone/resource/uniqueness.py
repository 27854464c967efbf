"""Unique values in many rows at once: found before the insert, which would fail as a whole.

PostgreSQL names one conflict and undoes the statement; a file that was imported before would be
taken apart row by row. What somebody else takes meanwhile is still found that way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.errors import FieldError
from padstone.models import INCLUDE_DELETED
from padstone.resource.columns import columns_of, mapper_of
from padstone.resource.declaration import Declaration

__all__ = ["taken"]

_LIVING = "deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class _Unique:
    """Attributes whose values no two rows share; no two living ones, where ``is_of_living``."""

    attributes: tuple[str, ...]
    is_of_living: bool


async def taken(
    session: AsyncSession, declared: Declaration, rows: Mapping[int, Any]
) -> dict[int, list[FieldError]]:
    """For each of the new ``rows`` with a value that is taken, its errors.

    Of several rows with the same value the first is free to have it.
    """
    errors: dict[int, list[FieldError]] = {}
    for unique in _uniques(declared):
        wanted: dict[tuple[Any, ...], list[int]] = {}
        for place, row in rows.items():
            values = tuple(getattr(row, name) for name in unique.attributes)
            if None not in values:
                wanted.setdefault(values, []).append(place)
        present = await _present(session, declared, unique, list(wanted))
        for values, places in wanted.items():
            for place in places if values in present else places[1:]:
                errors.setdefault(place, []).extend(_errors(declared, unique))
    return errors


async def _present(
    session: AsyncSession,
    declared: Declaration,
    unique: _Unique,
    wanted: Sequence[tuple[Any, ...]],
) -> set[tuple[Any, ...]]:
    if not wanted:
        return set()
    columns = [getattr(declared.model, name) for name in unique.attributes]
    statement = select(*columns).where(tuple_(*columns).in_(wanted))
    if not unique.is_of_living:
        statement = statement.execution_options(**INCLUDE_DELETED)
    return {tuple(found) for found in await session.execute(statement)}


def _uniques(declared: Declaration) -> Iterator[_Unique]:
    table = mapper_of(declared.model).local_table
    if not isinstance(table, Table):
        return
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield from _of(declared, list(constraint.columns), is_of_living=False)
    for index in table.indexes:
        where = str(index.dialect_options["postgresql"]["where"])
        if index.unique and where in {"None", _LIVING}:
            yield from _of(declared, _plain(index), is_of_living=where == _LIVING)


def _plain(index: Index) -> list[Column[Any]]:
    # An expression, such as lower(email), is PostgreSQL's to compute.
    found = [column for column in index.expressions if isinstance(column, Column)]
    return found if len(found) == len(index.expressions) else []


def _of(
    declared: Declaration, columns: Sequence[Column[Any]], *, is_of_living: bool
) -> Iterator[_Unique]:
    names = {column: name for name, column in columns_of(declared.model).items()}
    if columns and all(column in names for column in columns):
        yield _Unique(tuple(names[column] for column in columns), is_of_living)


def _errors(declared: Declaration, unique: _Unique) -> list[FieldError]:
    fields = [name for name in unique.attributes if name in declared.body_columns]
    return [FieldError(name, "is taken", "already_exists") for name in fields or unique.attributes]
