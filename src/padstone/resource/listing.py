"""Lists of rows: a page by cursor or by offset, and all of them, page by page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import REAL, ColumnElement, Select, func, inspect, literal_column
from sqlalchemy.sql.elements import ColumnClause

from padstone.db import Database
from padstone.pages import (
    CursorParams,
    CursorSigner,
    OffsetParams,
    OrderBy,
    paginate,
    paginate_by_offset,
)
from padstone.principal import Principal
from padstone.resource.call import Call
from padstone.resource.columns import columns_of
from padstone.resource.declaration import Declaration
from padstone.resource.loading import loaders
from padstone.resource.query import ListQuery, Selection
from padstone.resource.reading import reachable, require_parent
from padstone.resource.sorting import order_by, parse_sort

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["Listing", "list_rows", "scope_of", "selected", "walk"]

Row = TypeVar("Row")

_WALK = 500  # rows of one page of an export


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """Rows of one page; ``total`` is known on pages by offset, ``next_cursor`` on the others."""

    rows: Sequence[Row]
    next_cursor: str | None = None
    total: int | None = None


def selected(
    resource: "Resource[Row]", call: Call, query: Selection
) -> tuple[Select[Row], OrderBy]:
    """The rows that a query asks for, and their order."""
    declared = resource.declaration
    model = declared.model
    conditions = [
        found.condition(model, value)
        for found in declared.filters
        if (value := query.value(found)) is not None
    ]
    terms = parse_sort(query.order, declared.sorts) if query.order else declared.default_sort
    order = order_by(model, terms)
    if query.words is not None and declared.search is not None:
        vector = getattr(model, declared.search)
        asked = _asked(declared, query.words)
        conditions.append(vector.bool_op("@@")(asked))
        if query.order is None:
            order = [(func.ts_rank_cd(vector, asked, type_=REAL), "desc")]
    statement = reachable(resource, call).where(*conditions)
    return statement.options(*loaders(model, declared.read)), order


def _asked(declared: Declaration, words: str) -> ColumnElement[Any]:
    assert declared.search is not None  # noqa: S101  # the caller looked
    language = columns_of(declared.model)[declared.search].info["search"]["language"]
    configuration: ColumnClause[Any] = literal_column(f"'{language}'::regconfig")
    return func.websearch_to_tsquery(configuration, words)


async def list_rows(resource: "Resource[Row]", call: Call, query: ListQuery) -> Listing[Row]:
    """A page. Raises ``NotFoundError`` where the parent cannot be reached."""
    statement, order = selected(resource, call, query)
    listing = (
        await _by_cursor(resource, call, query, statement, order)
        if query.skip is None
        else await _by_offset(call, query, statement, order)
    )
    if not listing.rows:
        await require_parent(resource, call)
    return listing


async def walk(
    resource: "Resource[Row]", call: Call, query: Selection, database: Database | None = None
) -> AsyncIterator[Row]:
    """All rows of a selection, a page at a time.

    Each page begins by value where the one before ended, and with ``database`` each has a session
    of its own, so that no connection is held while a slow reader reads.
    """
    statement, order = selected(resource, call, query)
    cursor = None
    while True:
        page = CursorParams(_WALK, cursor)
        async with _turn(call, database) as turn:
            rows, cursor = await _page(resource, turn, query, statement, order, page)
            if not rows:
                await require_parent(resource, turn)
        for row in rows:
            yield row
        if cursor is None:
            return


@asynccontextmanager
async def _turn(call: Call, database: Database | None) -> AsyncIterator[Call]:
    if database is None:
        yield call
        return
    async with database.read_session() as session:
        yield replace(call, session=session)


async def _by_cursor(
    resource: "Resource[Row]",
    call: Call,
    query: ListQuery,
    statement: Select[Row],
    order: OrderBy,
) -> Listing[Row]:
    page = CursorParams(query.limit, query.after)
    return Listing(*await _page(resource, call, query, statement, order, page))


async def _page(
    resource: "Resource[Row]",
    call: Call,
    query: Selection,
    statement: Select[Row],
    order: OrderBy,
    page: CursorParams,
) -> tuple[Sequence[Row], str | None]:
    if call.settings is None:
        raise TypeError("A page by cursor needs the settings, whose SECRET_KEY signs it.")
    return await paginate(
        call.session,
        statement,
        order_by=order,
        params=page,
        signer=CursorSigner(call.settings.SECRET_KEY),
        scope=scope_of(resource.declaration, call.principal, call.path, query),
    )


def scope_of(
    declared: Declaration,
    principal: Principal | None,
    path: Mapping[str, Any],
    query: Selection,
) -> Sequence[object]:
    """What makes a list what it is, so that no cursor of another one is taken for its own."""
    subject = principal.subject if principal is not None else None
    above = sorted((name, str(value)) for name, value in path.items())
    return (declared.plural, subject, above, query.identity)


async def _by_offset(
    call: Call, query: ListQuery, statement: Select[Row], order: OrderBy
) -> Listing[Row]:
    entity = inspect(statement.column_descriptions[0]["entity"])
    keys = [*order, *((column, order[-1][1]) for column in entity.mapper.primary_key)]
    ordered = statement.order_by(
        *(
            column.asc().nulls_last() if direction == "asc" else column.desc().nulls_last()
            for column, direction in keys
        )
    )
    params = OffsetParams(query.limit, query.skip or 0)
    rows, total = await paginate_by_offset(call.session, ordered, params=params)
    return Listing(rows, total=total)
