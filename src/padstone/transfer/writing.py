"""Rows as bytes, for a response that streams."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from padstone.transfer.cells import write_cell
from padstone.transfer.media import MediaType

__all__ = ["write_rows"]

_CHUNK_BYTES = 65_536
_QUOTED_FOR = frozenset(',;\t"\r\n')

_Row = Mapping[str, Any] | BaseModel


async def write_rows(
    rows: AsyncIterable[_Row],
    media_type: MediaType,
    *,
    columns: Sequence[str] | None = None,
    null: str = "",
) -> AsyncIterator[bytes]:
    """A file of ``rows``, in chunks of about 64 KiB.

    The columns of a CSV file are ``columns``, where a dot steps into an object, or else those of
    the first row; ``ValueError`` where a later one has more. A list, and an object that no column
    steps into, is written as JSON. ``None`` is an empty cell, which is absent when it is read;
    ``null=NULL`` makes the file exact.
    """
    pieces = {
        MediaType.CSV: lambda: _csv(rows, columns, null),
        MediaType.JSON: lambda: _json(rows),
        MediaType.NDJSON: lambda: _ndjson(rows),
    }[media_type]()
    waiting, size = list[bytes](), 0
    async for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


async def _json(rows: AsyncIterable[_Row]) -> AsyncIterator[bytes]:
    before = b"["
    async for row in rows:
        yield before + b"\n" + to_json(row, inf_nan_mode="null")
        before = b","
    yield b"[]\n" if before == b"[" else b"\n]\n"


async def _ndjson(rows: AsyncIterable[_Row]) -> AsyncIterator[bytes]:
    async for row in rows:
        yield to_json(row, inf_nan_mode="null") + b"\n"


async def _csv(
    rows: AsyncIterable[_Row], columns: Sequence[str] | None, null: str
) -> AsyncIterator[bytes]:
    header = columns
    if header is not None:
        yield _line(header)
    async for row in rows:
        values = _values(row) if isinstance(row, BaseModel) else row
        if header is None:
            header = tuple(values)
            yield _line(header)
        if columns is None and not values.keys() <= set(header):
            names = ", ".join(sorted(values.keys() - set(header)))
            raise ValueError(f"The first row has no {names}; name the columns.")
        yield _line([_cell(values, name, null) for name in header])


def _values(row: BaseModel) -> dict[str, Any]:
    # A model writes decimal numbers as texts, and a spreadsheet could not add them up.
    return {
        name: Decimal(value) if isinstance(getattr(row, name, None), Decimal) else value
        for name, value in row.model_dump(mode="json").items()
    }


def _cell(values: Mapping[str, Any], column: str, null: str) -> str:
    found: Any = values
    for step in (column,) if column in values else column.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return ""
        found = found[step]
    return write_cell(found, null=null)


def _line(cells: Sequence[str]) -> bytes:
    # A lone empty cell would be an empty line, which is no row.
    if list(cells) == [""]:
        return b'""\r\n'
    return (",".join(map(_quoted, cells)) + "\r\n").encode()


def _quoted(cell: str) -> str:
    if _QUOTED_FOR.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
