"""The shape of a page."""

from dataclasses import dataclass

from pydantic import BaseModel

from padstone.pages import CursorParams, OffsetParams, Page


class ThingRead(BaseModel):
    name: str


@dataclass
class Row:
    name: str
    secret: str = "hidden"


def test_both_kinds_of_page_have_the_same_fields() -> None:
    by_cursor = Page[ThingRead].by_cursor([Row("a")], "next", CursorParams(limit=1))
    by_offset = Page[ThingRead].by_offset([Row("a")], 7, OffsetParams(limit=1, offset=3))
    item = {"name": "a"}
    assert by_cursor.model_dump() == {
        "items": [item],
        "next_cursor": "next",
        "total": None,
        "limit": 1,
        "offset": None,
    }
    assert by_offset.model_dump() == {
        "items": [item],
        "next_cursor": None,
        "total": 7,
        "limit": 1,
        "offset": 3,
    }
