"""What PostgreSQL cannot hold is no value of a body."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, NaiveDatetime, ValidationError

from padstone.schemas import Body


class Colour(StrEnum):
    RED = "red"


class Inner(Body):
    number: int
    text: str


class Everything(Body):
    type: str = "int"  # a name that a schema has too
    fields: int = 0
    text: str = ""
    number: int = 0
    small: Annotated[int, Field(gt=0, lt=10)] = 1
    ratio: float = 0.0
    flag: bool = False
    decimal: Decimal = Decimal(0)
    key: UUID | None = None
    colour: Colour = Colour.RED
    kind: Literal["int"] = "int"
    at: datetime | None = None
    day: date | None = None
    local: NaiveDatetime | None = None
    many: list[int] = Field(default_factory=list)
    named: dict[str, float] = Field(default_factory=dict)
    inner: Inner | None = None
    inners: list[Inner] = Field(default_factory=list)


REFUSED: list[tuple[str, Any]] = [
    ("text", "a\0"),
    ("text", "\ud800"),
    ("text", 1),
    ("number", "1"),
    ("number", 1.5),
    ("number", True),
    ("number", 2**63),
    ("number", -(2**63) - 1),
    ("small", 10),
    ("ratio", "1"),
    ("ratio", float("inf")),
    ("ratio", float("nan")),
    ("flag", 1),
    ("flag", "true"),
    ("colour", "blue"),
    ("at", "2026-01-01T00:00:00"),
    ("at", 0),
    ("at", " 1.5"),
    ("day", 0),
    ("day", "-1700000000"),
    ("day", False),
    ("at", "0001-01-01T00:00:00+14:00"),
    ("at", "9999-12-31T23:59:59-14:00"),
    ("local", "2026-01-01T00:00:00Z"),
    ("many", [1, "2"]),
    ("named", {"a": "1"}),
    ("inner", {"number": "1", "text": ""}),
    ("inner", {"number": 1, "text": "\0"}),
    ("inner", {"number": 1, "text": "", "more": 1}),
    ("inners", [{"number": 2**63, "text": ""}]),
    ("other", 1),
]


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=ascii)
def test_what_cannot_be_held_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        Everything.model_validate({field: value})
    assert refusal.value.errors()[0]["loc"][0] == field


def test_the_rest_is_lax() -> None:
    made = Everything.model_validate(
        {
            "key": "01890a5d-ac96-774b-bcce-b302099a8057",
            "decimal": "1.50",
            "ratio": 1,
            "colour": "red",
            "at": "2026-01-01T00:00:00Z",
            "day": "2026-01-31",
            "local": "2026-01-01T00:00:00",
            "inner": {"number": -(2**63), "text": "\N{PILE OF POO}"},
        }
    )
    assert (made.decimal, made.ratio, made.at) == (
        Decimal("1.50"),
        1.0,
        datetime(2026, 1, 1, tzinfo=UTC),
    )


@given(text=st.text(st.characters(codec=None)))
def test_a_text_is_refused_just_when_postgresql_would(text: str) -> None:
    try:
        text.encode()
        holds = "\0" not in text
    except UnicodeEncodeError:
        holds = False
    try:
        assert Everything(text=text).text == text
    except ValidationError:
        assert not holds
    else:
        assert holds


def test_the_schema_says_so() -> None:
    properties = Everything.model_json_schema()["properties"]
    bounds = properties["number"]["minimum"], properties["number"]["maximum"]
    assert bounds == (-(2**63), 2**63 - 1024)
    assert float(bounds[1]) == bounds[1] < 2**63, "a document that writes doubles says the same"
    assert (properties["small"]["exclusiveMinimum"], "minimum" in properties["small"]) == (0, False)
    assert Everything.model_json_schema()["additionalProperties"] is False
