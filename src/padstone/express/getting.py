"""One row by its id, as a prepared statement."""

from typing import Any

from sqlalchemy import Text, bindparam
from starlette.types import Scope

from padstone.errors import ValidationError
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.body import Body, header
from padstone.express.caller import stable_scopes
from padstone.express.encoding import encoder_of
from padstone.express.fields import fields_of
from padstone.express.statement import Statement, compiled
from padstone.models import living
from padstone.resource import Declaration, Resource
from padstone.resource.bounded import Bounded
from padstone.resource.columns import columns_of
from padstone.resource.documentation import tells_changes
from padstone.resource.finding import named
from padstone.resource.reach import KEY, Scopes, given_by, names_given, rows_for
from padstone.resource.reading import missing
from padstone.resource.revisions import parse_if_none_match

__all__ = ["Get"]


class Get:
    """One row by its id."""

    def __init__(self, resource: Resource[Any]) -> None:
        declared = resource.declaration
        self.ids = (*declared.parents, declared)
        self.named: Declaration | None = declared
        self.writes = False
        self._resource = resource
        self._scopes = stable_scopes(resource)
        self._key = declared.id_parameter
        self._fields = fields_of(declared.model, declared.read)
        self._encoder = encoder_of(self._fields)
        self._has_revision = "revision" in columns_of(declared.model)
        self._tells_changes = tells_changes(declared)
        self._statements: Bounded[tuple[Scopes, bool], Statement] = Bounded(self._compiled)
        # Now, so that what cannot be said is said at the start.
        self._statements.get((frozenset(), False))

    def _compiled(self, asked: tuple[Scopes, bool]) -> Statement:
        scopes, by_name = asked
        declared = self._resource.declaration
        column = getattr(declared.model, declared.id_attribute)
        rows = rows_for(self._resource, scopes)
        if by_name:
            rows = named(declared, rows, bindparam(KEY, type_=Text()))
        else:
            rows = rows.where(column == bindparam(KEY, type_=column.type))
        rows = self._fields.select(rows)
        if self._has_revision:
            rows = rows.add_columns(declared.model.revision)
        return compiled(living(rows), [KEY, *names_given(declared)])

    async def prepare(self, scope: Scope, _body: Body) -> None:
        """It has no parameters."""
        if scope["query_string"]:
            raise Leave

    async def answer(self, asked: Asked, scope: Scope, _prepared: None) -> Answer:
        """The row. Raises ``NotFoundError``."""
        given = given_by(asked.principal, asked.path)
        key = given[KEY] = given[self._key]
        statement = self._statements.get((self._scopes(asked.principal), isinstance(key, str)))
        rows = await asked.database.fetch(statement.sql, statement.values(given))
        if not rows:
            raise missing(self._resource.declaration)
        row = rows[0]
        headers = []
        if self._has_revision:
            headers.append((b"etag", b'"%d"' % row[-1]))
            if self._tells_changes and _is_known(header(scope, b"if-none-match"), row[-1]):
                return Answer(304, None, headers)
        return Answer(200, self._encoder.one(row), headers)


def _is_known(known: bytes | None, revision: int) -> bool:
    if known is None:
        return False
    try:
        found = parse_if_none_match(known.decode("latin-1"))
    except ValidationError:
        raise Leave from None
    return found is not None and revision in found
