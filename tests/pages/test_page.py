"""The shape of a page."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from padstone.pages import Page


class ThingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


@dataclass
class Row:
    name: str


def test_both_kinds_of_page_have_the_same_fields() -> None:
    by_cursor = Page[ThingRead](items=[ThingRead(name="a")], next_cursor="c", limit=1)
    by_offset = Page[ThingRead](items=[], total=7, offset=0, limit=1)
    assert by_cursor.model_dump() == {
        "items": [{"name": "a"}],
        "next_cursor": "c",
        "total": None,
        "limit": 1,
        "offset": None,
    }
    assert by_offset.model_dump().keys() == by_cursor.model_dump().keys()


def test_rows_become_items() -> None:
    page = Page[ThingRead].model_validate(Page(items=[Row("a")], limit=1), from_attributes=True)
    assert page.items == [ThingRead(name="a")]
