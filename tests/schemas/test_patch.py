"""What is to change: any of the fields, with their types and without their defaults."""

from datetime import date
from typing import Annotated, Self

import pytest
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from padstone.schemas import Body, Patch


class ThingFields(Body):
    name: Annotated[str, Field(min_length=1, description="Its name.")]
    size: int = 3
    note: str | None = None
    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        assert self.size != 13, "13 is no size"
        if self.size == 14:
            raise PydanticCustomError("unlucky", "14 is {what}", {"what": "no size either"})
        if self.first and self.last and self.last < self.first:
            raise ValueError("last must not be before first")
        return self


class ThingUpdate(Patch, ThingFields):
    """What is to change of a thing."""


class NarrowUpdate(ThingUpdate):
    """The same, and a field more."""

    extra: int


def test_every_field_may_be_left_out() -> None:
    nothing = ThingUpdate()
    assert nothing.model_fields_set == set()
    assert nothing.model_dump(exclude_unset=True) == {}
    assert nothing.size is None, "a default does not apply"
    schema = ThingUpdate.model_json_schema()
    assert "required" not in schema
    assert not any("default" in field for field in schema["properties"].values())
    assert schema["properties"]["name"]["description"] == "Its name."
    assert ThingFields(name="a").size == 3, "the fields themselves are as they were"
    assert ThingFields.model_json_schema()["required"] == ["name"]


def test_fields_keep_their_types() -> None:
    given = ThingUpdate.model_validate({"name": "a", "note": None})
    assert given.model_dump(exclude_unset=True) == {"name": "a", "note": None}
    for wrong in ({"name": None}, {"name": ""}, {"size": None}, {"size": "1"}, {"colour": "red"}):
        with pytest.raises(ValidationError) as refusal:
            ThingUpdate.model_validate(wrong)
        assert refusal.value.errors()[0]["loc"] == tuple(wrong)


def test_a_subclass_is_a_patch_too() -> None:
    assert NarrowUpdate.model_validate({"size": 5}).model_fields_set == {"size"}


def test_rules_across_fields_wait_for_the_whole_row() -> None:
    given = ThingUpdate.model_validate({"last": "2026-01-01"})
    present = {"name": "a", "size": 3, "first": date(2026, 2, 1)}
    with pytest.raises(ValidationError) as refusal:
        given.check(present)
    (error,) = refusal.value.errors()
    assert (error["loc"], error["type"]) == ((), "value_error")
    assert error["msg"] == "Value error, last must not be before first"
    whole = given.check({**present, "first": None})
    assert (whole.model_fields_set, whole.size) == ({"last"}, 3)


@pytest.mark.parametrize(
    ("size", "kind", "message"),
    [
        (13, "assertion_error", "Assertion failed, 13 is no size"),
        (14, "unlucky", "14 is no size either"),
    ],
)
def test_rules_may_refuse_as_they_do_elsewhere(size: int, kind: str, message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ThingUpdate.model_validate({"size": size}).check({})
    (error,) = refusal.value.errors()
    assert (error["type"], error["msg"].partition("\n")[0]) == (kind, message)
    with pytest.raises(ValidationError):
        NarrowUpdate.model_validate({"size": size}).check({})
