"""One row as it was read."""

from dataclasses import dataclass, field
from typing import Any

from padstone.errors import FieldError

__all__ = ["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row, or what is wrong with it.

    ``number`` counts the rows from 1, without a header; ``line`` is the line of the file in which
    the row begins. ``is_text`` says that every value is a text or ``None``, as in CSV, and still to
    be turned into what its field is. A row with ``errors`` has no values.
    """

    number: int
    line: int
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    is_text: bool = False
    errors: tuple[FieldError, ...] = ()
