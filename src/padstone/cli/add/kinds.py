"""The types that a field may have, and what each is in a table, over the wire and in a test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

__all__ = ["KINDS", "Kind"]

LONGEST_TEXT = 1_000_000
MOST_DIGITS = 100
_PLAIN = ("gte", "lte")


@dataclass(frozen=True)
class Kind:
    """A type. Empty texts say that a file needs nothing more than the type's name.

    ``python`` is the type itself, ``column`` what SQLAlchemy is told beside it, ``limits`` what
    Pydantic is; the argument's parts stand in both by their numbers. ``examples`` are the two
    values that a test sends, as Python code. ``literal`` makes code of a default, and raises
    ``ValueError`` for what is none; ``None`` where the type takes no default.
    """

    name: str
    meaning: str
    python: str
    examples: tuple[str, str]
    column: str = ""
    limits: str = ""
    argument: str = ""
    given: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    is_sortable: bool = True
    may_be_unique: bool = False
    literal: Callable[[str], str] | None = None


def _text(value: str) -> str:
    if not value or not value.isprintable():
        raise ValueError("must be a text that can be printed")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _integer(value: str) -> str:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError("must have at most 64 bits")
    return str(number)


def _float(value: str) -> str:
    number = float(value)
    if number - number != 0:
        raise ValueError("must be finite")
    return repr(number)


def _boolean(value: str) -> str:
    return {"true": "True", "false": "False"}[value]


def _decimal(value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("must be a number") from None
    if not number.is_finite():
        raise ValueError("must be finite")
    return f'Decimal("{number:f}")'


def _day(value: str) -> str:
    day = date.fromisoformat(value)
    return f"date({day.year}, {day.month}, {day.day})"


_ALL = (
    Kind(
        "str",
        "a short text; =N for another limit than 200",
        "str",
        ('"Some {words}"', '"Another {words}"'),
        limits="min_length=1, max_length={0}, examples=[{example}]",
        argument="N",
        given=("200",),
        filters=("eq", "contains"),
        may_be_unique=True,
        literal=_text,
    ),
    Kind(
        "text",
        "a long text; =N for another limit than 10000",
        "str",
        ('"Some {words}"', '"Another {words}"'),
        limits="max_length={0}, examples=[{example}]",
        argument="N",
        given=("10000",),
        is_sortable=False,
        literal=_text,
    ),
    Kind("int", "a whole number of 64 bits", "int", ("1", "2"), filters=_PLAIN, literal=_integer),
    Kind(
        "float",
        "a number as machines have it",
        "float",
        ("1.5", "2.5"),
        column="Double",
        filters=_PLAIN,
        literal=_float,
    ),
    Kind("bool", "true or false", "bool", ("True", "False"), filters=("eq",), literal=_boolean),
    Kind(
        "decimal",
        "an exact number; =D,P for other digits and places than 18,4",
        "Decimal",
        ('"1.{zeros}"', '"2.{zeros}"'),
        column="Numeric({0}, {1})",
        limits="max_digits={0}, decimal_places={1}",
        argument="D,P",
        given=("18", "4"),
        filters=_PLAIN,
        literal=_decimal,
    ),
    Kind(
        "date",
        "a day",
        "date",
        ('"2026-01-31"', '"2026-02-28"'),
        filters=_PLAIN,
        literal=_day,
    ),
    Kind(
        "datetime",
        "a moment, with its zone",
        "datetime",
        ('"2026-01-31T12:00:00Z"', '"2026-02-28T12:00:00Z"'),
        filters=_PLAIN,
    ),
    Kind(
        "uuid",
        "an id that something else has given",
        "UUID",
        (
            '"01890a5d-ac96-774b-bcce-b302099a8057"',
            '"01890a5d-ac96-774b-bcce-b302099a8058"',
        ),
        filters=("eq",),
        is_sortable=False,
    ),
    Kind(
        "json",
        "an object of any form",
        "dict[str, Any]",
        ('{"key": "value"}', '{"key": "other"}'),
        is_sortable=False,
    ),
    Kind(
        "enum",
        "one of some words: =draft,done",
        "",
        ('"{first}"', '"{last}"'),
        argument="A,B…",
        filters=("eq", "in"),
        literal=_text,
    ),
    Kind(
        "references",
        "a row of another resource: note:references is note_id",
        "UUID",
        ("", ""),
        filters=("eq",),
        is_sortable=False,
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
"""Every type, by the name that a field says."""
