"""The names of an order, and what they become."""

import pytest
from sqlalchemy.dialects import postgresql

from padstone.resource import SortTerm
from padstone.resource.columns import columns_of
from padstone.resource.sorting import is_sortable, order_by, parse_sort
from small_shop.tables import Product, Tag

KNOWN = ["price_minor", "name"]


def test_a_minus_puts_the_largest_first() -> None:
    terms = parse_sort("-price_minor,name", KNOWN)
    assert terms == (SortTerm("price_minor", "desc"), SortTerm("name"))
    assert ",".join(map(str, terms)) == "-price_minor,name"


@pytest.mark.parametrize(
    "text", ["", "colour", "name,", "name,name", "name,-name", "--name", "+name"]
)
def test_what_is_unknown_is_told_what_is_known(text: str) -> None:
    with pytest.raises(ValueError, match=r"knows price_minor, name|twice"):
        parse_sort(text, KNOWN)


def test_texts_name_their_collation_and_enums_keep_their_order() -> None:
    terms = [SortTerm(name) for name in ("price_minor", "name", "status")]
    compiled = [
        str(column.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
        for column, _ in order_by(Product, terms)
    ]
    assert compiled[:2] == ["products.price_minor", 'products.name COLLATE "C"']
    assert compiled[2].startswith("CASE WHEN (products.status = 'draft') THEN 0 WHEN")


def test_what_has_no_order_is_known() -> None:
    columns = {**columns_of(Product), **columns_of(Tag)}
    assert {name for name, column in columns.items() if not is_sortable(column)} == {
        "search_vector",
        "extra",
    }
