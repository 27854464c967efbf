"""What one row is called, and several."""

import pytest

from padstone.cli.add.naming import name_of
from padstone.cli.failures import UsageError


@pytest.mark.parametrize(
    ("said", "one", "many", "model", "path"),
    [
        ("item", "item", "items", "Item", "items"),
        ("OrderLine", "order_line", "order_lines", "OrderLine", "order-lines"),
        ("order-line", "order_line", "order_lines", "OrderLine", "order-lines"),
        ("category", "category", "categories", "Category", "categories"),
        ("key", "key", "keys", "Key", "keys"),
        ("box", "box", "boxes", "Box", "boxes"),
        ("address", "address", "addresses", "Address", "addresses"),
    ],
)
def test_all_names_follow_from_one(said: str, one: str, many: str, model: str, path: str) -> None:
    name = name_of(said, None)
    assert (name.one, name.many, name.model, name.path) == (one, many, model, path)


def test_several_may_have_a_word_of_their_own() -> None:
    name = name_of("person", "people")
    assert (name.one, name.many, name.article) == ("person", "people", "a")
    assert name_of("item", None).article == "an"


@pytest.mark.parametrize("said", ["", "1st", "a b", "é", "a" * 41, "class", "-", "a__b"])
def test_what_can_be_no_name_is_refused_with_one_that_can(said: str) -> None:
    with pytest.raises(UsageError, match="such as item or order_line"):
        name_of(said, None)


def test_one_and_several_differ() -> None:
    with pytest.raises(UsageError, match="--plural sheep_rows"):
        name_of("sheep", "sheep")
