"""All rows of a table that have a secret, a window of primary keys at a time.

Each statement looks at so many rows and no more, whatever it finds there: a table of any size is
walked without a statement that takes long.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Column, ColumnElement, Table, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.crypto.ciphertext import Ciphertext
from padstone.crypto.place import Place

__all__ = ["Key", "Lock", "Sealed", "Window", "key_columns", "last_key", "next_window", "sealed_in"]

Key = tuple[Any, ...]
Lock = Literal["skip", "wait"]


class Window(NamedTuple):
    """The rows whose keys come after ``after``, up to ``last``."""

    after: Key | None
    last: Key


class Sealed(NamedTuple):
    """A ciphertext, and the row where it was found."""

    key: Key
    place: Place
    ciphertext: Ciphertext


def key_columns(column: Column[Any]) -> list[Column[Any]]:
    """The primary key of the column's table."""
    assert isinstance(column.table, Table)  # noqa: S101  # an encrypted column is a table's
    return list(column.table.primary_key.columns)


async def last_key(session: AsyncSession, column: Column[Any]) -> Key | None:
    """Where the table ends now. What is added meanwhile would be run after without an end."""
    keys = key_columns(column)
    backwards = select(*keys).order_by(*(key.desc() for key in keys)).limit(1)
    found = (await session.execute(backwards)).one_or_none()
    return None if found is None else tuple(found)


async def next_window(
    session: AsyncSession, column: Column[Any], after: Key | None, end: Key, size: int
) -> Window | None:
    """The next ``size`` rows up to ``end``, whether they hold a secret or not; ``None`` behind."""
    keys = key_columns(column)
    rows = select(*keys).where(_compared(keys) <= _values(keys, end)).order_by(*keys).limit(size)
    if after is not None:
        rows = rows.where(_compared(keys) > _values(keys, after))
    found = (await session.execute(rows)).all()
    return Window(after, tuple(found[-1])) if found else None


async def sealed_in(
    session: AsyncSession,
    column: Column[Any],
    window: Window,
    *conditions: ColumnElement[bool],
    lock: Lock | None = None,
) -> list[Sealed]:
    """The secrets of a window's rows. ``lock`` says what becomes of rows that others hold."""
    keys = key_columns(column)
    statement = (
        select(*keys, column)
        .where(column.is_not(None), _compared(keys) <= _values(keys, window.last), *conditions)
        .order_by(*keys)
    )
    if window.after is not None:
        statement = statement.where(_compared(keys) > _values(keys, window.after))
    if lock is not None:
        # Whoever inserts a row that refers to one of these need not wait.
        statement = statement.with_for_update(key_share=True, skip_locked=lock == "skip")
    rows = await session.execute(statement)
    return [Sealed(tuple(key), Place.at(column, key), value) for *key, value in rows]


def _compared(keys: Sequence[Column[Any]]) -> Any:
    return tuple_(*keys)


def _values(keys: Sequence[Column[Any]], key: Key) -> Any:
    return tuple_(*(literal(value, one.type) for one, value in zip(keys, key, strict=True)))
