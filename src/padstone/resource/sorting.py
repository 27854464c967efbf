"""Sorting: the names that a list may be ordered by, and the order that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, case, collate
from sqlalchemy import types as sql

from padstone.pages import Direction, OrderBy
from padstone.resource.columns import columns_of, is_enum

__all__ = ["SortTerm", "is_sortable", "order_by", "parse_sort", "sort_terms"]

# Texts are ordered by their code points, the one collation that every PostgreSQL has and whose
# order never changes under a cursor. A column that names a collation keeps its own.
_COLLATION = "C"
_SORTABLE = (
    sql.Boolean,
    sql.Date,
    sql.DateTime,
    sql.Enum,
    sql.Float,
    sql.Integer,
    sql.Numeric,
    sql.String,
    sql.Uuid,
)


@dataclass(frozen=True, slots=True)
class SortTerm:
    """One name of an order, and which end comes first."""

    attribute: str
    direction: Direction = "asc"

    def __str__(self) -> str:
        return f"-{self.attribute}" if self.direction == "desc" else self.attribute


def sort_terms(text: str) -> tuple[SortTerm, ...]:
    """The terms of ``-price,name``, whether or not a list knows them."""
    return tuple(
        SortTerm(part.removeprefix("-"), "desc" if part.startswith("-") else "asc")
        for part in text.split(",")
    )


def parse_sort(text: str, known: Sequence[str]) -> tuple[SortTerm, ...]:
    """The order that ``-price,name`` asks for. Raises ``ValueError`` that says what is known."""
    terms = sort_terms(text)
    names = [term.attribute for term in terms]
    if not set(names) <= set(known):
        raise ValueError(f"knows {', '.join(known)}; a minus in front puts the largest first")
    if len(set(names)) < len(names):
        raise ValueError("names something twice")
    return terms


def order_by(model: type[Any], terms: Sequence[SortTerm]) -> OrderBy:
    """The order as columns, nulls last."""
    columns = columns_of(model)
    return [
        (_key(getattr(model, term.attribute), columns[term.attribute]), term.direction)
        for term in terms
    ]


def is_sortable(column: Column[Any]) -> bool:
    """Whether a page can end at a value of the column."""
    return isinstance(column.type, _SORTABLE)


def _key(attribute: Any, column: Column[Any]) -> Any:
    if is_enum(column):
        # In the order in which the enumeration names them, as a number that a cursor can hold.
        members: Any = column.type
        # Compared one by one, so that each member is written as the column writes it.
        return case(*((attribute == one, place) for place, one in enumerate(members.enum_class)))
    if isinstance(column.type, sql.String) and column.type.collation is None:
        return collate(attribute, _COLLATION)
    return attribute
