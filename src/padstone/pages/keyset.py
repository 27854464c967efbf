"""Keyset paging: a page begins where the one before ended, by value and not by count.

The rows after a place are a few index ranges, one after the other. For an order by (a, b, c) and
the place (1, 2, 3) they are::

    a = 1 and b = 2 and c > 3
    a = 1 and b > 2
    a > 1

Neighbours that agree in direction and are never null make one range, which PostgreSQL finds in an
index by comparing tuples: ``(a, b, c) > (1, 2, 3)``. A nullable key adds a range, ``a IS NULL``,
since nulls come last in either direction. The ranges are read in turn until the page is full, so
that a page costs the same at any depth where an index has the list's order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Select, and_, inspect, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.operators import collate

from padstone.pages.cursors import BadCursorError, CursorSigner
from padstone.pages.params import CursorParams

__all__ = ["Direction", "Keyset", "OrderBy", "paginate"]

T = TypeVar("T")

Direction = Literal["asc", "desc"]
"""Smallest or largest first."""

OrderBy = Sequence[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], Direction]]
"""Columns with their directions."""


async def paginate(
    session: AsyncSession,
    statement: Select[T],
    *,
    order_by: OrderBy,
    params: CursorParams,
    signer: CursorSigner,
    scope: Sequence[object],
) -> tuple[list[T], str | None]:
    """The rows of the page, and the cursor of the next one, ``None`` where the list ends.

    ``statement`` selects one mapped class, with its filters and without an order. Its primary key
    is added to ``order_by``, so that the order is total. Nulls come last, whatever the direction;
    an index for a descending nullable key says ``DESC NULLS LAST``. ``scope`` is what else makes
    this list what it is, such as its name, its owner and its filters: a cursor of another scope or
    order is refused with ``BadCursorError``.

    A row that keeps its keys appears exactly once in a walk, whatever is inserted or deleted
    meanwhile.
    """
    keyset = Keyset(statement, order_by)
    place = keyset.place(params.cursor, signer, scope)
    found: list[Any] = []
    for part in keyset.parts(place):
        # One more than asked for tells whether there is a next page.
        result = await session.execute(part.limit(params.limit + 1 - len(found)))
        found += result.all()
        if len(found) > params.limit:
            break
    rows = found[: params.limit]
    next_cursor = None
    if len(found) > params.limit:
        next_cursor = keyset.cursor(rows[-1][1:], signer, scope)
    return [row[0] for row in rows], next_cursor


class Keyset:
    """A list in an order that is total: what its pages select, and the cursors between them."""

    def __init__(self, statement: Select[Any], order_by: OrderBy) -> None:
        self._keys = _keys(statement, order_by)
        self._order = [(str(key.column), key.direction) for key in self._keys]
        self._ordered = (
            statement.add_columns(*self.columns)
            .order_by(None)
            .order_by(*(key.ordering for key in self._keys))
        )

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """What the list is ordered by; they are selected after all else."""
        return [key.column for key in self._keys]

    def place(
        self, cursor: str | None, signer: CursorSigner, scope: Sequence[object]
    ) -> list[Any] | None:
        """The values after which the page begins. Raises ``BadCursorError``."""
        if cursor is None:
            return None
        after = signer.read(cursor, context=[*scope, self._order])
        if len(after) != len(self._keys):
            raise BadCursorError
        return after

    def cursor(
        self, values: Sequence[object], signer: CursorSigner, scope: Sequence[object]
    ) -> str:
        """The cursor of the page after a row with ``values`` for the columns."""
        return signer.write(list(values), context=[*scope, self._order])

    def parts(self, place: Sequence[Any] | None) -> Iterator[Select[Any]]:
        """What to ask in turn until the page is full.

        Each of ``place`` is a value, ``None`` for a null, or an expression that stands for one.
        """
        if place is None:
            yield self._ordered
            return
        for condition in _ranges(self._keys, place):
            yield self._ordered.where(condition)


@dataclass(frozen=True, slots=True)
class _Key:
    """One term of the order."""

    column: ColumnElement[Any]
    direction: Direction
    nullable: bool

    @property
    def ordering(self) -> ColumnElement[Any]:
        if self.direction == "asc":
            return self.column.asc()  # PostgreSQL puts nulls last here by itself
        # Where there are no nulls the clause would only keep an ordinary index from being used.
        return self.column.desc().nulls_last() if self.nullable else self.column.desc()

    def agrees_with(self, neighbour: "_Key") -> bool:
        """Whether both fit into one comparison of tuples."""
        return self.direction == neighbour.direction and not (self.nullable or neighbour.nullable)

    def equals(self, value: object) -> ColumnElement[bool]:
        if value is None:
            return self.column.is_(None)
        return self.column == self.literal(value)

    def literal(self, value: object) -> ColumnElement[Any]:
        if isinstance(value, ColumnElement):
            return value
        # With the column's type: a text compared with a citext or an int with a bigint may not
        # use the index.
        return literal(value, self.column.type)


_Term = tuple[_Key, Any]  # a key, and its value at the place


def _keys(statement: Select[Any], order_by: OrderBy) -> list[_Key]:
    entity = inspect(statement.column_descriptions[0]["entity"])
    own = set(entity.selectable.c)
    terms = [(column.expression, direction) for column, direction in order_by]
    # The last direction, so that one index, read one way, holds the whole order.
    last = terms[-1][1] if terms else "asc"
    for primary in entity.mapper.primary_key:
        column = entity.selectable.c[primary.key]
        if not any(term.compare(column) for term, _ in terms):
            terms.append((column, last))
    return [_Key(column, direction, _may_be_null(column, own)) for column, direction in terms]


def _may_be_null(column: ColumnElement[Any], own: set[ColumnElement[Any]]) -> bool:
    # Of the class's own columns the declaration tells. Anything else, such as a function or a
    # column of a table that may be joined from outside, counts as nullable: that is always right
    # and costs a range.
    if isinstance(column, BinaryExpression) and column.operator is collate:
        column = column.left
    return column not in own or bool(column.nullable)


def _ranges(keys: list[_Key], after: Sequence[Any]) -> Iterator[ColumnElement[bool]]:
    """What lies after the place, in the order of the list, without overlap."""
    runs: list[list[_Term]] = []
    for term in zip(keys, after, strict=True):
        if runs and term[0].agrees_with(runs[-1][-1][0]):
            runs[-1].append(term)
        else:
            runs.append([term])
    for depth in reversed(range(len(runs))):
        same = [key.equals(value) for run in runs[:depth] for key, value in run]
        for beyond in _beyond(runs[depth]):
            yield and_(*same, beyond)


def _beyond(run: list[_Term]) -> Iterator[ColumnElement[bool]]:
    """What lies after the place within the rows that agree with it in all keys before the run."""
    first, value = run[0]
    if value is None:
        return  # nulls come last, so nothing follows
    columns = tuple_(*(key.column for key, _ in run))
    values = tuple_(*(key.literal(value) for key, value in run))
    yield columns > values if first.direction == "asc" else columns < values
    if first.nullable:
        yield first.column.is_(None)
