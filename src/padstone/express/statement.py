"""A statement as text with a plan for its parameters: what SQLAlchemy's compiler says, kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

__all__ = ["Parameter", "Statement", "compiled", "reader_of"]

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]

# PostgreSQL's numbers for its types, which SQLAlchemy asks for where a column is a number.
_FLOAT8, _NUMERIC = 701, 1700

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where a value comes from: the request, by ``name``, or the statement itself."""

    name: str | None
    value: Any = None
    convert: Convert | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``$1``, ``$2``, … and what stands there."""

    sql: str
    parameters: tuple[Parameter, ...]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters' values in the driver's form; ``given`` has those of the request."""
        values = []
        for parameter in self.parameters:
            if parameter.name is None:
                values.append(parameter.value)
                continue
            value = given[parameter.name]
            if parameter.convert is not None:
                value = parameter.convert(value)
            values.append(value)
        return values


def compiled(element: ClauseElement, names: Sequence[str]) -> Statement:
    """``element`` as text. ``names`` are those of its parameters that each request brings."""
    made = element.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    assert isinstance(made, SQLCompiler)  # noqa: S101  # a statement is compiled by nothing else
    constants = made.params
    dynamic = frozenset(names)
    parameters = []
    for key in made.positiontup or ():
        bind = made.binds.get(key)
        convert = _binder(bind.type) if bind is not None else None
        if bind is not None and bind.key in dynamic:
            parameters.append(Parameter(bind.key, None, convert))
        else:
            value = constants[key]
            parameters.append(Parameter(None, value if convert is None else convert(value)))
    return Statement(str(made), tuple(parameters))


def reader_of(kind: TypeEngine[Any]) -> Convert | None:
    """What makes of a driver's value the one that a session would give; ``None`` for the same."""
    number = _FLOAT8 if isinstance(kind, sql.Float) else _NUMERIC
    found: Convert | None = kind.dialect_impl(_DIALECT).result_processor(_DIALECT, number)
    return found


def _binder(kind: TypeEngine[Any]) -> Convert | None:
    found: Convert | None = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return found
