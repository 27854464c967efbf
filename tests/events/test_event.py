from uuid import UUID

import pytest
from pydantic import BaseModel

from padstone.events import Event


class Progress(BaseModel):
    done: int
    run: UUID


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (Event("a text"), "data: a text\n\n"),
        (Event(""), "data: \n\n"),
        (Event("one\ntwo\r\nthree\rfour"), "data: one\ndata: two\ndata: three\ndata: four\n\n"),
        (Event({"a": [1, None]}), 'data: {"a":[1,null]}\n\n'),
        (
            Event(Progress(done=1, run=UUID(int=7)), event="progress", id="12", retry=500),
            f'event: progress\ndata: {{"done":1,"run":"{UUID(int=7)}"}}\nid: 12\nretry: 500\n\n',
        ),
        (Event(None), "data: null\n\n"),
        (Event(float("nan")), "data: null\n\n"),  # JSON has no such number
        (Event("größer \ud800"), "data: größer ?\n\n"),
    ],
)
def test_how_it_travels(event: Event, lines: str) -> None:
    assert event.encode().decode() == lines


@pytest.mark.parametrize("field", ["event", "id"])
@pytest.mark.parametrize("value", ["a\nb", "a\r", "\0", "a\u2028b"])
def test_nothing_is_smuggled_into_a_line(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"the {field} of an event is one line"):
        Event("x", **{field: value})  # type: ignore[arg-type]  # both are texts


def test_a_pause_is_not_negative() -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        Event("x", retry=-1)
