"""Bodies fit their schemas, and what no schema tells is asked for."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, HttpUrl, TypeAdapter

from padstone.testing.contract.bodies import Bodies, NoExampleError


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product_id: UUID
    quantity: Annotated[int, Field(strict=True, ge=2, le=9)]


class Order(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "for Ada"}]})

    kind: Literal["retail", "trade"]
    email: EmailStr
    site: HttpUrl
    due: date
    at: AwareDatetime
    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
    name: Annotated[str, Field(min_length=9, max_length=12)]
    above: Annotated[float, Field(gt=3)]
    below: Annotated[int, Field(le=0)]
    paid: bool
    lines: Annotated[list[Line], Field(min_length=2)]
    maybe: Line | None
    later: Line | None = None
    note: str | None = None
    left_out: str | None = None


def made(kind: Any, **options: Any) -> Any:
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    document = {"components": {"schemas": schema.pop("$defs", {})}}
    return Bodies(document, **options).make(schema)


def test_what_is_made_fits() -> None:
    body = made(Order)
    Order.model_validate(body)
    assert body["note"] == "for Ada"
    assert {"later", "left_out"} & set(body) == set()
    assert [line["quantity"] for line in body["lines"]] == [2, 2]


def test_deep_bodies_have_every_object() -> None:
    body = made(Order, deep=True)
    Order.model_validate(body)
    assert set(body["later"]) == {"product_id", "quantity"}
    assert "left_out" not in body


def test_numbers_make_a_difference_where_the_schema_allows_it() -> None:
    plain, other = made(Order), made(Order, number=7)
    Order.model_validate(other)
    assert other["email"] == "n7.someone@example.com"
    assert {name for name in plain if plain[name] != other[name]} >= {"email", "name", "site"}
    assert (other["code"], other["kind"], other["due"]) == ("EUR", "retail", plain["due"])
    kept = made(Order, number=7, plain=frozenset({"email"}))
    assert kept["email"] == plain["email"]


def test_given_values_are_used_at_any_depth() -> None:
    body = made(Order, given={"product_id": "{product_id}"})
    assert {line["product_id"] for line in (*body["lines"], body["maybe"])} == {"{product_id}"}


def test_a_pattern_without_an_example_is_named() -> None:
    class Coded(BaseModel):
        code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    with pytest.raises(NoExampleError, match=r"the body.code has a pattern and no example"):
        made(Coded)
    assert made(dict[str, Any]) == {}
    assert made(list[int]) == []
