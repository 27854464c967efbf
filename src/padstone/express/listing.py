"""A page by cursor, as prepared statements."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam
from starlette.types import Scope

from padstone.db import Database
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.body import Body
from padstone.express.caller import stable_scopes
from padstone.express.encoding import encoder_of
from padstone.express.fields import fields_of
from padstone.express.queries import Queries
from padstone.express.statement import Statement, compiled, reader_of
from padstone.models import living
from padstone.pages import Keyset
from padstone.resource import Declaration, ListQuery, Resource
from padstone.resource.bounded import Bounded
from padstone.resource.filters import OwnFilter
from padstone.resource.listing import scope_of
from padstone.resource.reach import Scopes, given_by, names_given, rows_for
from padstone.resource.sorting import order_by, parse_sort

__all__ = ["List"]

_LIMIT = "limit"


class _Shape(NamedTuple):
    """What makes two lists the same statement with other values."""

    scopes: Scopes
    order: str | None
    filters: tuple[tuple[str, Any], ...]  # with the value where that decides the statement
    place: tuple[bool, ...] | None  # which keys of the page's beginning are null


class _Plan(NamedTuple):
    keyset: Keyset
    parts: list[Statement]
    keys: int
    readers: list[Any]


class List:
    """A page by cursor."""

    def __init__(self, resource: Resource[Any]) -> None:
        declared = resource.declaration
        self.ids = declared.parents
        self.named: Declaration | None = None
        self.writes = False
        self._resource = resource
        self._scopes = stable_scopes(resource)
        self._fields = fields_of(declared.model, declared.read)
        self._encoder = encoder_of(self._fields, resource.page)
        self._queries = Queries(resource)
        self._plans: Bounded[_Shape, _Plan] = Bounded(self._planned)
        self._filters = [one for one in declared.filters if not isinstance(one, OwnFilter)]
        self._own = [one for one in declared.filters if isinstance(one, OwnFilter)]
        self._plans.get(_Shape(frozenset(), None, (), None))

    async def prepare(self, _scope: Scope, _body: Body) -> None:
        """Nothing comes before the question who is calling."""

    async def answer(self, asked: Asked, scope: Scope, _prepared: None) -> Answer:
        """The page. Raises ``BadCursorError``."""
        query = self._queries.read(scope["query_string"])
        if query.skip is not None or query.words is not None or self._asks_own(query):
            raise Leave
        values = [(one, value) for one in self._filters if (value := query.value(one)) is not None]
        filters = tuple((one.parameter, value if one.decides else None) for one, value in values)
        shape = _Shape(self._scopes(asked.principal), query.order, filters, None)
        plan = self._plans.get(shape)
        what = scope_of(self._resource.declaration, asked.principal, asked.path, query)
        given = given_by(asked.principal, asked.path)
        given |= {one.parameter: one.given(value) for one, value in values}
        if query.after is not None:
            place = plan.keyset.place(query.after, asked.signer, what) or []
            plan = self._plans.get(shape._replace(place=tuple(value is None for value in place)))
            given |= {_after(number): value for number, value in enumerate(place)}
        rows = await _rows(asked.database, plan.parts, given, query.limit)
        return self._page(plan, rows, query, asked, what)

    def _page(
        self, plan: _Plan, found: list[Any], query: ListQuery, asked: Asked, what: Any
    ) -> Answer:
        rows = found[: query.limit]
        if not rows and self._resource.declaration.parent is not None:
            raise Leave  # there may be no such parent
        cursor = None
        if len(found) > query.limit:
            keys = rows[-1][-plan.keys :]
            last = [
                value if read is None else read(value)
                for value, read in zip(keys, plan.readers, strict=True)
            ]
            cursor = plan.keyset.cursor(last, asked.signer, what)
        body = self._encoder.page(
            rows, next_cursor=cursor, total=None, limit=query.limit, offset=None
        )
        return Answer(200, body, [])

    def _asks_own(self, query: ListQuery) -> bool:
        return any(query.value(one) is not None for one in self._own)

    def _planned(self, shape: _Shape) -> _Plan:
        declared = self._resource.declaration
        model = declared.model
        rows = rows_for(self._resource, shape.scopes)
        by_name = {one.parameter: one for one in self._filters}
        names = [_LIMIT, *names_given(declared)]
        for name, value in shape.filters:
            found = by_name[name]
            stands = value if found.decides else bindparam(name, type_=found.kind(model))
            rows = rows.where(found.compared(model, stands))
            names.append(name)
        terms = parse_sort(shape.order, declared.sorts) if shape.order else declared.default_sort
        order = order_by(model, terms)
        keyset = Keyset(rows, order)
        columns = keyset.columns
        place = None
        if shape.place is not None:
            place = [
                None if is_null else bindparam(_after(number), type_=columns[number].type)
                for number, is_null in enumerate(shape.place)
            ]
            names += [_after(number) for number in range(len(place))]
        parts = []
        for part in keyset.parts(place):
            page = self._fields.select(part.limit(bindparam(_LIMIT, type_=BigInteger())))
            parts.append(compiled(living(page.add_columns(*columns)), names))
        return _Plan(keyset, parts, len(columns), [reader_of(one.type) for one in columns])


def _after(number: int) -> str:
    return f"after_{number}"


async def _rows(
    database: Database, parts: Sequence[Statement], given: Mapping[str, Any], limit: int
) -> list[Any]:
    """One more than the page has, where there are so many."""
    found: list[Any] = []
    for part in parts:
        wanted = {**given, _LIMIT: limit + 1 - len(found)}
        found += await database.fetch(part.sql, part.values(wanted))
        if len(found) > limit:
            break
    return found
