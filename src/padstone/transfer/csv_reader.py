"""CSV (RFC 4180) into rows.

The first line names the columns, and tells which of comma, semicolon and tab parts them. A dot in
a name is a step into an object: ``address.city``. Empty lines are skipped.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Any, NamedTuple

from padstone.errors import FieldError
from padstone.transfer.cells import ABSENT, read_cell
from padstone.transfer.errors import UnreadableFileError
from padstone.transfer.limits import Limits
from padstone.transfer.lines import ANY_END, Line, read_lines
from padstone.transfer.row import Row

__all__ = ["read_csv"]

_DELIMITERS = ",;\t"
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"')
_WHOLE_ROW = ""


class _Record(NamedTuple):
    line: int
    text: str | None  # None where it is too long
    is_closed: bool = True


async def read_csv(chunks: AsyncIterable[bytes], limits: Limits) -> AsyncIterator[Row]:
    """The rows of a CSV file. Raises ``UnreadableFileError`` where the header cannot be used."""
    records = _records(read_lines(chunks, limits, ANY_END), limits.row_size)
    header = await anext(records, None)
    if header is None:
        raise UnreadableFileError("The file is empty. Its first line must name the columns.")
    columns, delimiter = _columns(header)
    number = 0
    async for record in records:
        number += 1
        yield _row(number, record, columns, delimiter)


async def _records(lines: AsyncIterator[Line], most: int) -> AsyncIterator[_Record]:
    """Lines, joined where a quoted cell goes over several; without empty ones."""
    first, size, is_open = 0, 0, False
    kept: list[str] = []
    async for line in lines:
        if not kept and not size:
            first = line.number
        if line.text is None:
            size, is_open = most + 1, is_open ^ (line.quotes % 2 == 1)
        else:
            kept.append(line.text)
            size, is_open = size + len(line.text), _is_open_after(line.text, is_open=is_open)
        if size > most:
            kept.clear()
        if not is_open:
            text = None if size > most else "".join(kept).rstrip("\r\n")
            if text != "":
                yield _Record(first, text)
            size = 0
            kept.clear()
    if size:
        yield _Record(first, None, is_closed=False)


def _is_open_after(text: str, *, is_open: bool) -> bool:
    """Whether a quoted cell goes on at the end of ``text``.

    A quote opens a cell at its beginning only; anywhere else in a bare cell it is a character.
    """
    at = text.find('"')
    while at >= 0:
        if not is_open:
            is_open = at == 0 or text[at - 1] in _DELIMITERS
        elif text[at + 1 : at + 2] == '"':
            at += 1
        else:
            is_open = False
        at = text.find('"', at + 1)
    return is_open


def _columns(header: _Record) -> tuple[list[list[str]], str]:
    if header.text is None:
        raise UnreadableFileError("The header is too long, or has a quote that is never closed.")
    bare = _QUOTED.sub("", header.text)
    delimiter = max(_DELIMITERS, key=bare.count)
    try:
        names = [name.strip() for name in _split(header.text, delimiter)]
    except ValueError as error:
        raise UnreadableFileError(f"The header {error}.") from None
    for position, name in enumerate(names, start=1):
        if not all(name.split(".")):
            raise UnreadableFileError(f"Column {position} has no name in the header.")
        if name in names[: position - 1]:
            raise UnreadableFileError(f"Column {position} has the name of an earlier one.")
        if any(other.startswith(f"{name}.") for other in names):
            raise UnreadableFileError(f"Column {position} is a value and an object too.")
    return [name.split(".") for name in names], delimiter


def _row(number: int, record: _Record, columns: Sequence[list[str]], delimiter: str) -> Row:
    if not record.is_closed:
        message = "has a quote that is never closed, so that the rest of the file is not read"
        return _broken(number, record, message, "unclosed_quote")
    if record.text is None:
        return _broken(number, record, "is longer than a row may be", "row_too_long")
    try:
        cells = _split(record.text, delimiter)
    except ValueError as error:
        return _broken(number, record, str(error), "malformed_row")
    if len(cells) != len(columns):
        message = f"has {len(cells)} cells where the header names {len(columns)}"
        return _broken(number, record, message, "wrong_number_of_cells")
    values: dict[str, Any] = {}
    for path, cell in zip(columns, cells, strict=True):
        value = read_cell(cell)
        if value is not ABSENT:
            inner = values
            for step in path[:-1]:
                inner = inner.setdefault(step, {})
            inner[path[-1]] = value
    return Row(number, record.line, values, is_text=True)


def _broken(number: int, record: _Record, message: str, code: str) -> Row:
    return Row(number, record.line, errors=(FieldError(_WHOLE_ROW, message, code),))


def _split(text: str, delimiter: str) -> list[str]:
    """The cells of one record. ``ValueError`` where text stands behind a closing quote."""
    if '"' not in text:
        return text.split(delimiter)
    cells, at = [], 0
    while True:
        if quoted := _QUOTED.match(text, at):
            cells.append(quoted[1].replace('""', '"'))
            end = quoted.end()
            if text[end : end + 1] not in {"", delimiter}:
                raise ValueError("has text behind a closing quote; a quote in a cell is doubled")
        else:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        if end == len(text):
            return cells
        at = end + 1
