"""Filters: what a query parameter is compared with, and how."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import ARRAY, Column, ColumnElement, any_, literal
from sqlalchemy import types as sql

from padstone.resource.columns import columns_of, value_type

__all__ = [
    "LIST_PARAMETERS",
    "OPERATORS",
    "Condition",
    "Filter",
    "Operator",
    "OwnFilter",
    "filters_of",
    "optional",
    "parameter_of",
]

MAX_VALUES = 100
LIST_PARAMETERS = frozenset({"cursor", "limit", "offset", "q", "sort"})
_ORDERED = (sql.Integer, sql.Numeric, sql.Float, sql.DateTime, sql.Date, sql.Time, sql.String)

Compare = Callable[[Any, Any], ColumnElement[bool]]


def _same(value: Any) -> Any:
    return value


def _same_type(kind: sql.TypeEngine[Any]) -> sql.TypeEngine[Any]:
    # A value is cast to its type on the way in. That of a column with a limit would cut a longer
    # text and round a longer number, and so find what was not asked for.
    if isinstance(kind, sql.String) and not isinstance(kind, sql.Enum) and kind.length:
        return sql.Text()
    if isinstance(kind, sql.Numeric) and kind.precision:
        return sql.Numeric()
    return kind


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


@dataclass(frozen=True, slots=True)
class Operator:
    """How a column is compared with a parameter of the statement.

    ``words`` go on with a sentence about it. ``kind`` is the parameter's type, from the column's,
    and ``given`` what stands in it, from the value that was asked for.
    """

    compare: Compare
    words: str
    kind: Callable[[sql.TypeEngine[Any]], sql.TypeEngine[Any]] = _same_type
    given: Callable[[Any], Any] = _same


OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(lambda column, value: column == value, "is this"),
    "ne": Operator(
        lambda column, value: column.is_distinct_from(value), "is not this, or is empty"
    ),
    # One parameter, however many values: the statement stays the same, and so does its plan.
    "in": Operator(
        lambda column, values: column == any_(values),
        f"is one of these, at most {MAX_VALUES}, with commas between",
        kind=lambda kind: ARRAY(_same_type(kind)),
        given=list,
    ),
    "gt": Operator(lambda column, value: column > value, "is more than this"),
    "gte": Operator(lambda column, value: column >= value, "is this or more"),
    "lt": Operator(lambda column, value: column < value, "is less than this"),
    "lte": Operator(lambda column, value: column <= value, "is this or less"),
    "contains": Operator(
        lambda column, pattern: column.ilike(pattern),
        "holds this text, in capital or small letters",
        kind=lambda _: sql.Text(),
        given=_pattern,
    ),
    # The value decides what the statement is, not what stands in it.
    "isnull": Operator(
        lambda column, wanted: column.is_(None) if wanted else column.is_not(None),
        "is empty (true) or is not (false)",
    ),
}
"""The comparisons that a filter may make."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter: ``attribute`` of the rows is compared by ``operator``."""

    attribute: str
    operator: str

    @property
    def parameter(self) -> str:
        """The name of the query parameter."""
        return self.attribute if self.operator == "eq" else f"{self.attribute}__{self.operator}"

    @property
    def decides(self) -> bool:
        """Whether its value changes the statement itself, and not a parameter of it."""
        return self.operator == "isnull"

    def condition(self, model: type[Any], value: Any) -> ColumnElement[bool]:
        """The rows that pass."""
        if self.decides:
            return self.compared(model, value)
        return self.compared(model, literal(self.given(value), self.kind(model)))

    def compared(self, model: type[Any], parameter: Any) -> ColumnElement[bool]:
        """The rows that pass, with ``parameter`` where the value stands."""
        return OPERATORS[self.operator].compare(getattr(model, self.attribute), parameter)

    def kind(self, model: type[Any]) -> sql.TypeEngine[Any]:
        """The type of that parameter."""
        return OPERATORS[self.operator].kind(getattr(model, self.attribute).type)

    def given(self, value: Any) -> Any:
        """What stands in that parameter for ``value``."""
        return OPERATORS[self.operator].given(value)

    def fits(self, column: Column[Any]) -> bool:
        """Whether the operator means something for the column."""
        if self.operator == "contains":
            return isinstance(column.type, sql.String) and not isinstance(column.type, sql.Enum)
        if self.operator in {"gt", "gte", "lt", "lte"}:
            is_enum = isinstance(column.type, sql.Enum)
            return isinstance(column.type, _ORDERED) and not is_enum
        return True


@dataclass(frozen=True, slots=True)
class Condition:
    """What a query parameter of one's own means: ``where`` turns its value into a condition.

    ::

        filters={"in_stock": Condition(bool, lambda wanted: (Product.stock > 0) == wanted, "…")}

    ``kind`` is the parameter's type, for Pydantic; ``description`` stands in the OpenAPI document.
    ``where`` looks at nothing but its argument, which may also be an expression of SQL's.
    """

    kind: Any
    where: Callable[[Any], ColumnElement[bool]]
    description: str


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """One query parameter whose meaning is a ``Condition``."""

    parameter: str
    own: Condition

    def condition(self, _model: type[Any], value: Any) -> ColumnElement[bool]:
        """The rows that pass."""
        return self.own.where(value)


def filters_of(
    declared: Mapping[str, Sequence[str] | Condition],
) -> Iterator[Filter | OwnFilter]:
    """One filter for each operator of each column, and one for each condition."""
    for attribute, operators in declared.items():
        if isinstance(operators, Condition):
            yield OwnFilter(attribute, operators)
            continue
        for operator in operators:
            yield Filter(attribute, operator)


def parameter_of(
    found: Filter | OwnFilter, model: type[Any], read: type[BaseModel]
) -> tuple[Any, Any]:
    """The filter as a field of the model that reads the query: its type and what is said of it."""
    if isinstance(found, OwnFilter):
        return found.own.kind, optional(found.parameter, found.own.description)
    column = columns_of(model)[found.attribute]
    single: Any = value_type(column, read.model_fields.get(found.attribute))
    kinds: dict[str, Any] = {
        "in": Annotated[
            list.__class_getitem__(single),
            BeforeValidator(_split),
            Field(min_length=1, max_length=MAX_VALUES),
        ],
        "isnull": bool,
        "contains": Annotated[single, StringConstraints(min_length=1, max_length=200)],
    }
    kind = kinds.get(found.operator, single)
    words = found.attribute.replace("_", " ")
    description = f"Only those whose {words} {OPERATORS[found.operator].words}."
    return kind, optional(found.parameter, description)


def optional(parameter: str, description: str, **more: Any) -> Any:
    """What is said of a parameter that may be left out, and of which there is no null."""
    title = parameter.replace("_", " ").replace("  ", " ").capitalize()
    return Field(
        default_factory=lambda: None, alias=parameter, title=title, description=description, **more
    )


def _split(value: Any) -> Any:
    """``?a=1,2&a=3`` names three values."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list):
        return value
    return [
        item for part in parts for item in (part.split(",") if isinstance(part, str) else [part])
    ]
