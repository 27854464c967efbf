"""What PostgreSQL refuses, with the names of the fields that clients know."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.exc import DBAPIError

from padstone.db import sqlstate_of, translate
from padstone.errors import FieldError, PadstoneError, ValidationError
from padstone.resource.columns import columns_of, mapper_of
from padstone.resource.declaration import Declaration

__all__ = ["naming_fields", "refusal_of"]

_FOREIGN_KEY = "23503"
_CHECK = "23514"
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


@contextmanager
def naming_fields(declared: Declaration) -> Iterator[None]:
    """Turns what PostgreSQL refuses within the block into errors that name fields of the body."""
    try:
        yield
    except DBAPIError as error:
        known = refusal_of(declared, error)
        if known is None:
            raise
        raise known from error


def refusal_of(declared: Declaration, error: DBAPIError) -> PadstoneError | None:
    """What the caller should be told; ``None`` where it is a defect of ours."""
    known = translate(error)
    if known is None or _of_driver(error, "table_name") not in {"", _table(declared)}:
        return known  # what a hook has written elsewhere is no matter of the body's fields
    state = sqlstate_of(error)
    if state == _FOREIGN_KEY and (fields := _of_constraint(declared, error)):
        message = "names nothing that exists"
        return ValidationError(
            errors=[FieldError(f"body.{f}", message, "not_found") for f in fields]
        )
    if state == _CHECK and (fields := _of_constraint(declared, error)):
        message = "breaks a rule of this field"
        return ValidationError(errors=[FieldError(f"body.{f}", message, "check") for f in fields])
    known.errors = tuple(
        FieldError(f"body.{field}", found.message, found.code)
        for found in known.errors
        for field in _fields(declared, _WORD.findall(found.field)) or [found.field]
    )
    return known


def _of_constraint(declared: Declaration, error: DBAPIError) -> list[str]:
    name = _of_driver(error, "constraint_name")
    table = mapper_of(declared.model).local_table
    if not name or not isinstance(table, Table):
        return []
    for foreign in table.foreign_key_constraints:
        if foreign.name == name:
            return _fields(declared, [column.name for column in foreign.columns])
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and constraint.name == name:
            return _fields(declared, _WORD.findall(str(constraint.sqltext)))
    return []


def _of_driver(error: DBAPIError, name: str) -> str:
    """What the driver says of the refusal, behind however many wrappings."""
    link: Any = error.orig
    while link is not None:
        found = getattr(link, name, None)
        if isinstance(found, str):
            return found
        link = link.__cause__
    return ""


def _table(declared: Declaration) -> str:
    return str(getattr(mapper_of(declared.model).local_table, "name", ""))


def _fields(declared: Declaration, words: list[str]) -> list[str]:
    """The fields of bodies that are stored in the columns among ``words``."""
    columns = columns_of(declared.model)
    return [
        name for name in sorted(declared.body_columns & set(columns)) if columns[name].name in words
    ]
