"""What the query string of a list may hold."""

from typing import Any
from uuid import UUID

import pytest

from small_shop.callers import Caller
from small_shop.resources import products

BAD: list[tuple[str, str]] = [
    ("colour", "red"),
    ("price_minor__contains", "1"),
    ("name__gt", "a"),
    ("limit", "0"),
    ("limit", "101"),
    ("limit", "x"),
    ("offset", "-1"),
    ("offset", "10001"),
    ("offset", "99999999999999999999"),
    ("cursor", "x" * 5000),
    ("sort", "colour"),
    ("sort", "name,-name"),
    ("sort", ""),
    ("sort", "--name"),
    ("q", ""),
    ("q", "a\0"),
    ("q", "x" * 201),
    ("name", "a\0b"),
    ("name", "x" * 1001),
    ("name__contains", ""),
    ("name__in", ",".join("x" * 101)),
    ("status", "Draft"),
    ("status__in", "draft,nothing"),
    ("price_minor", str(2**63)),
    ("price_minor", "1.5"),
    ("price_minor__in", f"1,{-(2**63) - 1}"),
    ("weight__gte", "NaN"),
    ("weight__gte", "Infinity"),
    ("weight__gte", "1e400"),
    ("released_on", "2026-02-30"),
    ("released_on", "0"),
    ("seen_at__gte", "1700000000"),
    ("seen_at__gte", "2026-01-01T00:00:00"),
    ("seen_at__gte", "0001-01-01T00:00:00+14:00"),
    ("seen_at__gte", "9999-12-31T23:59:59-14:00"),
    ("in_stock", "perhaps"),
    ("category_id", "x"),
    ("category_id__isnull", ""),
    ("id__in", str(UUID(int=7))),
]


@pytest.mark.parametrize(("name", "value"), BAD)
async def test_what_cannot_be_used_is_named(ann: Caller, name: str, value: str) -> None:
    answer = await ann("GET", "/products", params={name: value})
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert {error["field"].split(".")[1] for error in errors} == {name}
    assert all(value not in error["message"] for error in errors if len(value) > 3)


async def test_an_unknown_parameter_is_told_what_there_is(ann: Caller) -> None:
    answer = await ann("GET", "/categories", params={"name": "x", "z": "y"})
    assert [error["field"] for error in answer.json()["errors"]] == ["query.name", "query.z"]
    message = answer.json()["errors"][0]["message"]
    assert message == "is no parameter here; there are cursor, limit, offset, sort"


async def test_a_cursor_and_an_offset_exclude_each_other(ann: Caller) -> None:
    answer = await ann("GET", "/products", params={"cursor": "x", "offset": 0})
    assert answer.json()["errors"][0]["field"] == "query.offset"


GOOD: list[dict[str, Any]] = [
    {"seen_at__gte": "2026-01-01T00:00:00 01:00"},  # a plus that was not escaped
    {"seen_at__gte": "2026-01-01T00:00:00Z"},
    {"name__in": ["a", "b,c"]},
    {"weight": "1e-3"},
    {"price_minor": str(-(2**63))},
    {"name": "\N{PILE OF POO}"},
    {"name": b"\xed\xa0\x80"},  # what would be a lone surrogate
]


@pytest.mark.parametrize("params", GOOD)
async def test_what_can_be_used_is_used(ann: Caller, params: dict[str, Any]) -> None:
    answer = await ann("GET", "/products", params=params)
    assert answer.status_code == 200, answer.text


def test_a_query_is_made_without_http() -> None:
    query = products.query.model_validate({"price_minor__gte": 3, "sort": "-name", "limit": 5})
    (gte,) = [
        found for found in products.declaration.filters if found.parameter == "price_minor__gte"
    ]
    assert query.value(gte) == 3
    assert (query.order, query.words, query.limit) == ("-name", None, 5)
