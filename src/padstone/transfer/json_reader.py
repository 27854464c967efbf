"""JSON into rows: an array of objects, or one object a line (NDJSON)."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import NamedTuple

from pydantic_core import from_json

from padstone.errors import FieldError
from padstone.transfer.errors import UnreadableFileError
from padstone.transfer.limits import Limits
from padstone.transfer.lines import LF_END, decoded, read_lines
from padstone.transfer.row import Row

__all__ = ["read_json", "read_ndjson"]

_SPACE = " \t\r\n"
_OUTSIDE_TEXT = re.compile(r'["{}\[\],]')
_INSIDE_TEXT = re.compile(r'["\\]')
_WHOLE_ROW = ""


class _Element(NamedTuple):
    line: int
    text: str | None  # None where it is too long


async def read_json(chunks: AsyncIterable[bytes], limits: Limits) -> AsyncIterator[Row]:
    """The objects of a JSON array. Raises ``UnreadableFileError`` where it is none."""
    array = _Array(limits.row_size)
    number = 0
    async for text in decoded(chunks, limits):
        for element in array.read(text):
            number += 1
            yield _row(number, element)
    array.end()


async def read_ndjson(chunks: AsyncIterable[bytes], limits: Limits) -> AsyncIterator[Row]:
    """The objects of a file with one in each line. Empty lines are skipped."""
    number = 0
    async for line in read_lines(chunks, limits, LF_END):
        if line.text is None or line.text.strip(_SPACE):
            number += 1
            yield _row(number, _Element(line.number, line.text))


class _Array:
    """Cuts an array into its elements as the text comes in, and keeps one at a time.

    It follows quotes and brackets only; each element is read by a real parser afterwards.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._depth = 0  # 1 between elements
        self._in_text = self._is_escaped = self._is_closed = self._has_comma = False
        self._pieces: list[str] = []
        self._size = 0
        self._line = self._first_line = 1

    def read(self, text: str) -> Iterator[_Element]:
        """The elements that end in ``text``."""
        kept = at = 0  # up to where it is kept, and looked at
        if self._is_escaped:
            self._is_escaped, at = False, 1
        while not self._is_closed and (found := self._next(text, at)) is not None:
            at = found + 1
            character = text[found]
            if character == "\\":
                self._is_escaped = at == len(text)
                at += 1
            elif self._is_border(character):
                self._keep(text[kept:found])
                yield from self._finish(character)
                kept = at
        self._keep(text[kept:])
        if self._is_closed and self._size:
            raise UnreadableFileError(f"Something stands behind the array, in line {self._line}.")

    def end(self) -> None:
        """To be called when there is no more text."""
        if self._depth or self._in_text:
            raise UnreadableFileError(
                f"The array is never closed: the file ends within it, in line {self._line}."
            )
        if not self._is_closed:
            raise UnreadableFileError("The file must be a JSON array of objects.")

    def _next(self, text: str, at: int) -> int | None:
        pattern = _INSIDE_TEXT if self._in_text else _OUTSIDE_TEXT
        found = pattern.search(text, at)
        return found.start() if found else None

    def _is_border(self, character: str) -> bool:
        """Follows one character of the structure; tells whether an element ends or begins."""
        if character == ",":
            return self._depth == 1
        if character == '"':
            self._in_text = not self._in_text
        elif character in "[{":
            self._depth += 1
            return self._depth == 1
        else:
            self._depth -= 1
            return self._depth <= 0
        return False

    def _keep(self, piece: str) -> None:
        if not self._size:
            rest = piece.lstrip(_SPACE)
            self._line += piece.count("\n", 0, len(piece) - len(rest))
            piece, self._first_line = rest, self._line
        self._line += piece.count("\n")
        self._size += len(piece)
        self._pieces.append(piece)
        if self._size > self._most:
            self._pieces.clear()

    def _finish(self, border: str) -> Iterator[_Element]:
        text = None if self._size > self._most else "".join(self._pieces)
        if self._depth < 0 or border == "}":
            raise UnreadableFileError(f"A bracket in line {self._line} closes nothing.")
        if border in "[{":
            if text or border == "{" or self._is_closed:
                raise UnreadableFileError(
                    "The file must be a JSON array of objects. "
                    "One object a line is another form: application/x-ndjson."
                )
        elif text or self._has_comma or border == ",":
            yield _Element(self._first_line, text)
        self._has_comma, self._is_closed = border == ",", border == "]"
        self._size = 0
        self._pieces.clear()


def _row(number: int, element: _Element) -> Row:
    if element.text is None:
        return _broken(number, element, "is longer than a row may be", "row_too_long")
    try:
        value = from_json(element.text, allow_inf_nan=False)
    except ValueError:
        # The parser's own words name a place within the row, which is a line of its own making.
        return _broken(number, element, "is not valid JSON", "malformed_row")
    if not isinstance(value, dict):
        return _broken(number, element, "is not an object", "not_an_object")
    return Row(number, element.line, value)


def _broken(number: int, element: _Element, message: str, code: str) -> Row:
    return Row(number, element.line, errors=(FieldError(_WHOLE_ROW, message, code),))
