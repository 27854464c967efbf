"""What a filter compares is what was asked for, whatever the column's limits."""

from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError
from sqlalchemy.dialects import postgresql

from padstone.resource import Call, Condition, Filter, Guards, Operation, Resource
from padstone.resource.columns import columns_of
from padstone.resource.filters import OPERATORS
from padstone.testing.running import Running
from small_shop.callers import Caller
from small_shop.resources import products, tags
from small_shop.schemas import ProductRead
from small_shop.tables import Product, Tag


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"weight": "1.5"}, ["a"]),
        ({"weight": "1.5004"}, []),
        ({"weight__lte": "1.4999"}, ["b"]),
        ({"weight__gte": "99999999999"}, []),
        ({"weight__ne": "-0.0010001"}, ["b", "a"]),
        ({"name__contains": "1_0%"}, ["a"]),
        ({"name__contains": "1x0%"}, []),
        ({"name__contains": "100"}, []),
        ({"name__contains": "\\"}, ["a"]),
    ],
)
async def test_nothing_is_rounded_cut_or_guessed(
    ann: Caller, params: dict[str, Any], found: list[str]
) -> None:
    await ann.make("/products", slug="a", name="1_0% \\", price_minor=1, weight="1.500")
    # What the signs would stand for if they were taken for a pattern.
    await ann.make("/products", slug="b", name="1x05", price_minor=1, weight="0.001")
    assert [one["slug"] for one in await ann.list("/products", **params)] == found


async def test_a_text_with_a_limit_is_compared_in_full(ann: Caller) -> None:
    await ann.make("/tags", name="x" * 20)
    assert len(await ann.list("/tags", name="x" * 20)) == 1
    assert await ann.list("/tags", name="x" * 21) == []
    assert await ann.list("/tags", name__in="y," + "x" * 21) == []


def test_a_list_of_values_is_one_parameter() -> None:
    (among,) = [one for one in products.declaration.filters if one.parameter == "name__in"]
    texts = {
        str(among.condition(Product, values).compile(dialect=postgresql.dialect()))
        for values in (["a"], ["a", "b", "c"])
    }
    assert len(texts) == 1, "so that the statement, and its plan, stay the same"


def test_an_operator_fits_its_column() -> None:
    columns = {**columns_of(Product), **columns_of(Tag)}
    fits = {
        operator: {name for name in columns if Filter(name, operator).fits(columns[name])}
        for operator in OPERATORS
    }
    assert fits["contains"] == {"slug", "name", "description", "page"}
    assert {"price_minor", "weight", "ratio", "seen_at", "name"} <= fits["gt"]
    assert not {"status", "in_stock", "category_id", "extra"} & fits["gt"]
    assert fits["isnull"] == set(columns)
    assert [one.parameter for one in tags.declaration.filters][:2] == ["name", "name__in"]


Cheap = Annotated[bool, Field(description="ignored")]
own = Resource(
    Product,
    read=ProductRead,
    guards=Guards(read=[]),
    filters={
        "cheap": Condition(
            Cheap, lambda wanted: (Product.price_minor < 100) == wanted, "Bargains."
        ),
        "name": ["eq"],
    },
    operations={Operation.LIST},
)


async def test_a_filter_of_ones_own_means_what_it_says(ann: Caller, running: Running) -> None:
    await ann.make("/products", slug="a", name="A", price_minor=99)
    await ann.make("/products", slug="b", name="B", price_minor=100)
    found = {}
    for asked in ({"cheap": True}, {"cheap": False}, {}, {"cheap": True, "name": "B"}):
        async with running.state["database"].read_session() as session:
            call = Call(session=session, settings=running.state["settings"])
            listing = await own.list(call, own.query(**asked))
            found[str(asked)] = sorted(row.slug for row in listing.rows)
    assert list(found.values()) == [["a"], ["b"], ["a", "b"], []]


def test_a_filter_of_ones_own_stands_in_the_document() -> None:
    schema = own.query.model_json_schema()["properties"]["cheap"]
    assert schema["description"] == "Bargains."
    with pytest.raises(ValidationError):
        own.query(cheap="perhaps")
