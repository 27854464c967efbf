r"""The text of one CSV cell, and the value it stands for.

A spreadsheet computes what looks like a formula: a cell whose first character, after spaces, is
``=``, ``+``, ``-`` or ``@``, a tab or a line's end. Such a text is written with an apostrophe in
front, which makes a spreadsheet show it as it is. The reader takes the apostrophe away again, so
that a text comes back as it was. Numbers are written bare, and stay numbers.

Three more texts need the apostrophe, because the bare cell means something else:

========  ==================================
cell      value
========  ==================================
(empty)   absent: the field's default applies
``\N``    null
``'``     the empty text
``'\N``   the text ``\N``
========  ==================================

Any other apostrophe is the text's own, and stays.
"""

import re
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic_core import to_json, to_jsonable_python

__all__ = ["ABSENT", "NULL", "read_cell", "write_cell"]

NULL = r"\N"
"""The cell that stands for null, as in PostgreSQL's COPY."""

ABSENT: Any = object()
"""What an empty cell stands for."""

_BARE = (str, int, float, Decimal)

# Spaces that a spreadsheet may skip, the invisible ones included; then what begins a formula, in
# full width too, or a tab or a line's end. Apostrophes in front count, so that writing and reading
# undo each other.
_NEEDS_APOSTROPHE = re.compile(
    r"'*(?:[\s\0-\x20\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|\\N\Z|\Z)"
).match


def read_cell(text: str) -> Any:
    """The value of a cell: a text, ``None``, or ``ABSENT``."""
    if not text:
        return ABSENT
    if text == NULL:
        return None
    if text[0] == "'" and _NEEDS_APOSTROPHE(text, 1):
        return text[1:]
    return text


def write_cell(value: Any, *, null: str = "") -> str:
    """The cell for ``value``; lists and objects are written as JSON, ``None`` as ``null``."""
    if value is None:
        return null
    if isinstance(value, Enum) or not isinstance(value, _BARE):
        value = to_jsonable_python(value)
    if isinstance(value, str):
        return f"'{value}" if _NEEDS_APOSTROPHE(value) else str(value)
    is_number = isinstance(value, _BARE) and not isinstance(value, bool)
    return str(value) if is_number else to_json(value).decode()
