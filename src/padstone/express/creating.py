"""Create as one prepared statement, where nothing but the row itself is written."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from pydantic import ValidationError as SchemaError
from sqlalchemy import Column, bindparam, insert
from starlette.types import Scope

from padstone.db import sqlstate_of
from padstone.errors import ValidationError
from padstone.express.answers import Answer, Asked, Leave
from padstone.express.body import Body, header
from padstone.express.encoding import encoder_of
from padstone.express.fields import Unsuitable, fields_of
from padstone.express.statement import compiled
from padstone.resource import Declaration, Resource
from padstone.resource.columns import columns_of, mapper_of
from padstone.resource.limits import require_storable
from padstone.resource.writing import values_of

__all__ = ["Create"]

_HOOKS = ("create", "before_create", "after_create")
# A value that does not fit, or a rule that it breaks. Nothing is written then.
_REFUSED = ("22", "23")


class Create:
    """A new row of the caller's."""

    def __init__(self, resource: Resource[Any]) -> None:
        declared = resource.declaration
        _require_one_insert(resource)
        assert declared.create is not None  # noqa: S101  # or there were no such operation
        self.ids: tuple[Declaration, ...] = ()
        self.named: Declaration | None = None
        self.writes = True
        self._resource = resource
        fields = fields_of(declared.model, declared.read)
        if fields.nested:
            raise Unsuitable("what is answered has rows of other tables")
        self._encoder = encoder_of(fields)
        self._body: TypeAdapter[Any] = TypeAdapter(declared.create)
        columns = columns_of(declared.model)
        given = [name for name in declared.create.model_fields if name not in declared.unmapped]
        if declared.owner is not None:
            given.append(declared.owner)
        self._made = {
            name: make
            for name, column in columns.items()
            if name not in given and (make := _default_of(column)) is not None
        }
        names = [*given, *self._made]
        values = {columns[name]: bindparam(f"v_{name}", type_=columns[name].type) for name in names}
        table = mapper_of(declared.model).local_table
        key = getattr(declared.model, declared.id_attribute)
        row = insert(table).values(values).returning(*fields.expressions, key)  # type: ignore[arg-type]
        self._has_revision = "revision" in columns
        if self._has_revision:
            row = row.returning(declared.model.revision)
        self._statement = compiled(row, [f"v_{name}" for name in names])
        self._width = fields.width

    async def prepare(self, scope: Scope, body: Body) -> Any:
        """The body as JSON. Raises ``Leave`` for a query, a key, and for what is no JSON."""
        declared = self._resource.declaration
        has_key = declared.idempotency and header(scope, b"idempotency-key") is not None
        if scope["query_string"] or has_key:
            raise Leave
        try:
            return json.loads(await body.read(scope))
        except (ValueError, RecursionError):
            raise Leave from None

    async def answer(self, asked: Asked, scope: Scope, body: Any) -> Answer:
        """The row as it was written. Raises ``Leave`` where it was not."""
        declared = self._resource.declaration
        try:
            values = values_of(declared, self._body.validate_python(body, from_attributes=True))
            require_storable(declared, values)
        except (SchemaError, ValidationError):
            raise Leave from None  # the session lane names the fields
        if declared.owner is not None:
            values[declared.owner] = asked.subject
        values |= {name: make() for name, make in self._made.items()}
        given = {f"v_{name}": value for name, value in values.items()}
        statement = self._statement
        try:
            ((*row,),) = await asked.database.fetch(statement.sql, statement.values(given))
        except Exception as error:
            if (sqlstate_of(error) or "")[:2] in _REFUSED:
                raise Leave from error  # nor does it name them here
            raise
        shown = declared.shown_id(row[self._width])
        headers = [(b"location", f"{scope['path'].rstrip('/')}/{shown}".encode())]
        if self._has_revision:
            headers.append((b"etag", b'"%d"' % row[-1]))
        return Answer(201, self._encoder.one(row), headers)


def _require_one_insert(resource: Resource[Any]) -> None:
    declared = resource.declaration
    own = [name for name in _HOOKS if getattr(type(resource), name) is not getattr(Resource, name)]
    if own:
        raise Unsuitable(f"it has `{own[0]}` of its own")
    if declared.parent is not None:
        raise Unsuitable(f"its {declared.parent.resource.declaration.label} is looked up first")
    if any(reference.is_checked for reference in resource.references):
        raise Unsuitable("what its body refers to is looked up first")
    mapper = mapper_of(declared.model)
    if len(mapper.tables) != 1 or mapper.polymorphic_on is not None:
        raise Unsuitable("a row is written to several tables")


def _default_of(column: Column[Any]) -> Callable[[], Any] | None:
    """What Python puts into a column that nobody gives; ``None`` where the database does."""
    default: Any = column.default
    if default is None or default.is_clause_element or default.is_sequence:
        return None
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg
