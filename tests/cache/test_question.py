"""Values are written as JSON and read back as what they were."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from padstone.cache.entries import Names
from padstone.cache.question import Kept, Question, adapter_of


class Product(BaseModel):
    id: UUID
    name: str
    price: Decimal
    made: datetime
    shown_as: Annotated[str | None, Field(alias="shownAs")] = None


PRODUCT = Product(
    id=UUID(int=7),
    name="Zoë \x00 \u2028",
    price=Decimal("1.10"),
    made=datetime(2026, 11, 21, tzinfo=UTC),
    shownAs="a",
)


async def nothing() -> None:
    """Is not called here."""


def question(model: Any) -> Question:
    return Question(Names("", "", ()), adapter_of(model), nothing, 1, 0)


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (Product, PRODUCT),
        (list[Product], [PRODUCT, PRODUCT]),
        (Product | None, None),
        (dict[str, int], {"a": 1}),
        (int, 2**60),
        (str, ""),
        (bytes, b"text"),
    ],
)
def test_values_come_back(model: Any, value: Any) -> None:
    asked = question(model)
    assert asked.decoded(asked.encoded(value)) == Kept(value)


def test_a_value_of_another_type_is_a_defect() -> None:
    with pytest.raises(Exception, match="PydanticSerializationUnexpectedValue"):
        question(Product).encoded({"name": "no product"})


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"name": "of last year"}'])
def test_what_is_of_no_form_of_today_is_nothing(content: bytes | None) -> None:
    assert question(Product).decoded(content) is None


def test_the_adapter_is_made_once() -> None:
    assert adapter_of(Product) is adapter_of(Product)
    assert adapter_of(list[Product]) is adapter_of(list[Product])
