"""What is answered is read from rows."""

from dataclasses import dataclass

from padstone.schemas import Read


@dataclass
class Row:
    name: str
    secret: str


class RowRead(Read):
    name: str


def test_only_what_is_named_is_read() -> None:
    assert RowRead.model_validate(Row("a", "b")).model_dump() == {"name": "a"}
