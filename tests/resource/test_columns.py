"""What a column holds tells how a query parameter is read."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from padstone.ids import encode_public_id
from padstone.resource.columns import columns_of, id_type, mapper_of, value_type
from small_shop.schemas import ProductRead
from small_shop.tables import Product, Status, Tag

COLUMNS = {**columns_of(Product), **columns_of(Tag)}
KEY = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("id", str(KEY), KEY),
        ("status", "live", Status.LIVE),
        ("price_minor", "9223372036854775807", 2**63 - 1),
        ("position", "2147483647", 2**31 - 1),
        ("weight", "1.500", Decimal("1.500")),
        ("ratio", "0.1", 0.1),
        ("in_stock", "true", True),
        ("seen_at", "2026-01-01T01:00:00 01:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("seen_at", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_text_becomes_what_the_column_holds(name: str, text: str, value: Any) -> None:
    assert TypeAdapter(value_type(COLUMNS[name])).validate_python(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("price_minor", "9223372036854775808"),
        ("position", "2147483648"),
        ("ratio", "inf"),
        ("weight", "nan"),
        ("name", "\0"),
    ],
)
def test_what_the_column_cannot_hold_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(value_type(COLUMNS[name])).validate_python(text)


def test_an_id_is_read_in_the_form_that_is_shown() -> None:
    public = TypeAdapter(id_type(ProductRead, "id", COLUMNS["id"]))
    assert public.validate_python(encode_public_id("prod", KEY)) == KEY
    with pytest.raises(ValidationError):
        public.validate_python(str(KEY))


def test_what_cannot_be_compared_has_no_type() -> None:
    assert value_type(COLUMNS["search_vector"]) is None
    assert value_type(COLUMNS["extra"]) is None
    with pytest.raises(TypeError, match="no model"):
        mapper_of(object)
