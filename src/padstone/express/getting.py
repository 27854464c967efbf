"""One row by its id, as a prepared statement."""

from typing import Any

from sqlalchemy import Text, bindparam
from starlette.types import Scope

from padstone.errors import ValidationError
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.body import Body, header
from padstone.express.bounded import Bounded
from padstone.express.caller import Scopes, given_by, names_given, rows_for, scopes_that_matter
from padstone.express.encoding import encoder_of
from padstone.express.fields import fields_of
from padstone.express.statement import Statement, compiled
from padstone.models import living
from padstone.resource import Declaration, Resource
from padstone.resource.columns import columns_of
from padstone.resource.documentation import tells_changes
from padstone.resource.reading import missing, named
from padstone.resource.revisions import parse_if_none_match

__all__ = ["Get"]

_KEY = "key"


class Get:
    """One row by its id."""

    def __init__(self, resource: Resource[Any]) -> None:
        declared = resource.declaration
        self.ids = (*declared.parents, declared)
        self.named: Declaration | None = declared
        self.writes = False
        self._resource = resource
        self._scopes = scopes_that_matter(resource)
        self._key = declared.id_parameter
        self._fields = fields_of(declared.model, declared.read)
        self._encoder = encoder_of(self._fields)
        self._has_revision = "revision" in columns_of(declared.model)
        self._tells_changes = tells_changes(declared)
        self._statements: Bounded[tuple[Scopes, bool], Statement] = Bounded(self._compiled)
        # Now, so that what cannot be said is said at the start.
        self._statements.get((frozenset(), False))

    def _compiled(self, kind: tuple[Scopes, bool]) -> Statement:
        scopes, is_named = kind
        declared = self._resource.declaration
        rows = rows_for(self._resource, scopes)
        if is_named:
            rows = named(declared, rows, bindparam(_KEY, type_=Text()))
        else:
            column = getattr(declared.model, declared.id_attribute)
            rows = rows.where(column == bindparam(_KEY, type_=column.type))
        rows = self._fields.select(rows)
        if self._has_revision:
            rows = rows.add_columns(declared.model.revision)
        return compiled(living(rows), [_KEY, *names_given(declared)])

    async def prepare(self, scope: Scope, _body: Body) -> None:
        """It has no parameters."""
        if scope["query_string"]:
            raise Leave

    async def answer(self, asked: Asked, scope: Scope, _prepared: None) -> Answer:
        """The row. Raises ``NotFoundError``."""
        given = given_by(asked)
        key = given[_KEY] = given[self._key]
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
