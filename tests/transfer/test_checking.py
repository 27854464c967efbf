"""The texts of a CSV row become what their fields are; a model may be as strict as for JSON."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from padstone.errors import FieldError, ValidationError
from padstone.transfer import NULL, MediaType, Row, RowModel, read_rows, write_rows


class Size(StrEnum):
    SMALL = "small"


class City(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    name: str
    people: int | None = None


Strict = Annotated[int, Field(strict=True)]


class Product(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: Strict | None = 7
    weight: Annotated[float, Field(strict=True, allow_inf_nan=False)] = 0.0
    ready: Annotated[bool, Field(strict=True)] = False
    tags: list[str] = []
    city: City | None = None
    price: Decimal | None = None
    day: date | None = None
    owner: UUID | None = None
    size: Size | None = None
    note: str | None = "none"
    either: int | str = 0

    @field_validator("note")
    @classmethod
    def no_secret(cls, value: str | None) -> str | None:
        if value == "secret":
            raise ValueError("must not be that")
        return value


CHECK = RowModel(Product)


def text_row(**values: Any) -> Row:
    return Row(1, 2, values, is_text=True)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("count", "-5", -5),
        ("count", " +5 ", 5),
        ("count", "007", 7),
        ("count", None, None),
        ("weight", "1.5", 1.5),
        ("weight", "-2", -2.0),
        ("weight", "1e3", 1000.0),
        ("ready", "TRUE", True),
        ("ready", "false", False),
        ("tags", '["a","b"]', ["a", "b"]),
        ("city", '{"name":"Köln","people":1}', City(name="Köln", people=1)),
        ("city", {"name": "Köln", "people": "1"}, City(name="Köln", people=1)),
        ("price", "-1.50", Decimal("-1.50")),
        ("day", "2026-01-02", date(2026, 1, 2)),
        ("owner", str(UUID(int=1)), UUID(int=1)),
        ("size", "small", Size.SMALL),
        ("note", "5", "5"),
        ("note", " true", " true"),
        ("note", '["a"]', '["a"]'),
        ("either", "5", "5"),
    ],
)
def test_a_text_becomes_what_its_field_is(field: str, text: Any, value: Any) -> None:
    assert getattr(CHECK(text_row(**{field: text})), field) == value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("count", "5.0", "int_type"),
        ("count", "1_000", "int_type"),
        ("count", "٣", "int_type"),
        ("count", "9" * 5000, "int_type"),
        ("weight", "nan", "float_type"),
        ("weight", "1e999", "finite_number"),
        ("weight", "1,5", "float_type"),
        ("ready", "1", "bool_type"),
        ("tags", "[a", "list_type"),
        ("tags", "a", "list_type"),
        ("weight", None, "float_type"),
        ("unknown", "1", "extra_forbidden"),
    ],
)
def test_what_a_text_cannot_be_is_refused(field: str, text: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CHECK(text_row(**{field: text}))
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


def test_errors_name_their_place_in_the_row_and_never_the_value() -> None:
    with pytest.raises(ValidationError) as refused:
        CHECK(text_row(city={"people": "secret"}, note="secret"))
    assert refused.value.errors == (
        FieldError("city.name", "Field required", "missing"),
        FieldError("city.people", "Input should be a valid integer", "int_type"),
        FieldError("note", "must not be that", "value_error"),
    )
    assert refused.value.__context__ is None, "Pydantic's own error holds the input"


def test_values_of_json_are_taken_as_they_are() -> None:
    assert CHECK(Row(1, 1, {"count": 5})).count == 5
    with pytest.raises(ValidationError):
        CHECK(Row(1, 1, {"count": "5"}))


def test_a_broken_row_is_refused_with_its_own_errors() -> None:
    error = FieldError("", "is not an object", "not_an_object")
    with pytest.raises(ValidationError) as refused:
        CHECK(Row(1, 1, errors=(error,)))
    assert refused.value.errors == (error,)


def test_the_columns_of_files_are_not_remembered() -> None:
    check = RowModel(Product)
    for number in range(10):
        with pytest.raises(ValidationError):
            check(text_row(count="1", **{f"column{number}": "1"}))
    assert set(check._kinds) == {("count",)}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    alphabet="=+-@'\t\r\n \",;\\N"
)
PRODUCTS = st.builds(
    Product,
    count=st.none() | st.integers(-(2**63), 2**63 - 1),
    weight=st.floats(allow_nan=False, allow_infinity=False),
    ready=st.booleans(),
    tags=st.lists(TEXTS, max_size=3),
    city=st.none() | st.builds(City, name=TEXTS, people=st.none() | st.integers(-9, 9)),
    price=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    day=st.none() | st.dates(),
    owner=st.none() | st.uuids(),
    size=st.none() | st.just(Size.SMALL),
    note=st.none() | TEXTS.filter(lambda text: text != "secret"),
    either=st.just(""),
)


async def there_and_back(
    products: list[Product], media_type: MediaType, **options: Any
) -> list[Product]:
    async def rows() -> Any:
        for product in products:
            yield product

    written = write_rows(rows(), media_type, **options)
    return [CHECK(row) async for row in read_rows(written, media_type)]


@given(st.lists(PRODUCTS, max_size=4), st.sampled_from(MediaType))
async def test_what_is_written_is_read_as_it_was(
    products: list[Product], media_type: MediaType
) -> None:
    options = {"null": NULL, "columns": list(Product.model_fields)}
    assert await there_and_back(products, media_type, **options) == products


async def test_a_column_may_step_into_an_object() -> None:
    product = Product(city=City(name="=Köln", people=-1), count=-5)
    columns = ["count", "city.name", "city.people"]
    assert await there_and_back([product], MediaType.CSV, columns=columns) == [product]
