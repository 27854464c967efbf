"""Get and list as prepared statements."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam

from padstone.db import Database
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.bounded import Bounded
from padstone.express.caller import Scopes, depends_on_scopes, given_by, rows_for
from padstone.express.encoding import encoder_of
from padstone.express.fields import fields_of
from padstone.express.queries import Queries
from padstone.express.statement import Statement, compiled, reader_of
from padstone.models import living
from padstone.pages import Keyset
from padstone.principal import Principal
from padstone.resource import ListQuery, Resource
from padstone.resource.columns import columns_of
from padstone.resource.filters import OwnFilter
from padstone.resource.reading import missing, scope_of
from padstone.resource.sorting import order_by, parse_sort

__all__ = ["Get", "List"]

_KEY, _LIMIT = "key", "limit"


class Get:
    """One row by its id."""

    def __init__(self, resource: Resource[Any]) -> None:
        declared = resource.declaration
        self.resource = resource
        self._by_scopes = depends_on_scopes(resource)
        self._key = declared.id_parameter
        self._fields = fields_of(declared.model, declared.read)
        self._encoder = encoder_of(self._fields)
        self._has_revision = "revision" in columns_of(declared.model)
        self._statements: Bounded[Scopes, Statement] = Bounded(self._compiled)
        self._statements.get(frozenset())  # now, so that what cannot be said is said at the start

    def _compiled(self, scopes: Scopes) -> Statement:
        declared = self.resource.declaration
        column = getattr(declared.model, declared.id_attribute)
        rows = rows_for(self.resource, scopes)
        rows = rows.where(column == bindparam(_KEY, type_=column.type))
        rows = self._fields.select(rows)
        if self._has_revision:
            rows = rows.add_columns(declared.model.revision)
        names = [_KEY, *given_by(None, dict.fromkeys(a.id_parameter for a in declared.parents))]
        return compiled(living(rows), names)

    async def answer(self, asked: Asked) -> Answer:
        """The row. Raises ``NotFoundError`` where it cannot be reached."""
        principal = asked.principal
        statement = self._statements.get(_scopes(principal) if self._by_scopes else _any(principal))
        given = given_by(principal, asked.path)
        given[_KEY] = given[self._key]
        rows = await asked.database.fetch(statement.sql, statement.values(given))
        if not rows:
            raise missing(self.resource.declaration)
        row = rows[0]
        headers = []
        if self._has_revision:
            headers.append((b"etag", b'"%d"' % row[-1]))
        return Answer(200, self._encoder.one(row), headers)


def _scopes(principal: Principal | None) -> Scopes:
    return None if principal is None else principal.scopes


def _any(principal: Principal | None) -> Scopes:
    return None if principal is None else frozenset()


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
        self.resource = resource
        self._by_scopes = depends_on_scopes(resource)
        self._fields = fields_of(declared.model, declared.read)
        self._encoder = encoder_of(self._fields, resource.page)
        self.queries = Queries(resource)
        self._plans: Bounded[_Shape, _Plan] = Bounded(self._planned)
        self._filters = [one for one in declared.filters if not isinstance(one, OwnFilter)]
        self._own = [one for one in declared.filters if isinstance(one, OwnFilter)]
        self._plans.get(_Shape(frozenset(), None, (), None))

    async def answer(self, asked: Asked, query: ListQuery) -> Answer:
        """The page. Raises ``Leave`` for what only the session lane can answer."""
        if query.skip is not None or query.words is not None or self._asks_own(query):
            raise Leave
        principal = asked.principal
        scopes = _scopes(principal) if self._by_scopes else _any(principal)
        values = [(one, value) for one in self._filters if (value := query.value(one)) is not None]
        filters = tuple((one.parameter, value if one.decides else None) for one, value in values)
        shape = _Shape(scopes, query.order, filters, None)
        plan = self._plans.get(shape)
        scope = scope_of(self.resource.declaration, principal, asked.path, query)
        given = given_by(principal, asked.path)
        given |= {one.parameter: one.given(value) for one, value in values}
        if query.after is not None:
            place = plan.keyset.place(query.after, asked.signer, scope) or []
            plan = self._plans.get(shape._replace(place=tuple(value is None for value in place)))
            given |= {_after(number): value for number, value in enumerate(place)}
        rows = await _rows(asked.database, plan.parts, given, query.limit)
        return self._page(plan, rows, query, asked, scope)

    def _page(
        self, plan: _Plan, found: list[Any], query: ListQuery, asked: Asked, scope: Any
    ) -> Answer:
        rows = found[: query.limit]
        if not rows and self.resource.declaration.parent is not None:
            raise Leave  # there may be no such parent
        cursor = None
        if len(found) > query.limit:
            keys = rows[-1][-plan.keys :]
            last = [
                value if read is None else read(value)
                for value, read in zip(keys, plan.readers, strict=True)
            ]
            cursor = plan.keyset.cursor(last, asked.signer, scope)
        body = self._encoder.page(
            rows, next_cursor=cursor, total=None, limit=query.limit, offset=None
        )
        return Answer(200, body, [])

    def _asks_own(self, query: ListQuery) -> bool:
        return any(query.value(one) is not None for one in self._own)

    def _planned(self, shape: _Shape) -> _Plan:
        declared = self.resource.declaration
        model = declared.model
        rows = rows_for(self.resource, shape.scopes)
        by_name = {one.parameter: one for one in self._filters}
        names = [*given_by(None, dict.fromkeys(a.id_parameter for a in declared.parents)), _LIMIT]
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
