"""Rows out of bytes, as they come in."""

from collections.abc import AsyncIterable, AsyncIterator

from padstone.transfer.csv_reader import read_csv
from padstone.transfer.errors import TransferTooLargeError
from padstone.transfer.json_reader import read_json, read_ndjson
from padstone.transfer.limits import Limits
from padstone.transfer.media import MediaType
from padstone.transfer.row import Row

__all__ = ["read_rows"]

_READERS = {
    MediaType.CSV: read_csv,
    MediaType.JSON: read_json,
    MediaType.NDJSON: read_ndjson,
}


async def read_rows(
    chunks: AsyncIterable[bytes], content_type: str, *, limits: Limits | None = None
) -> AsyncIterator[Row]:
    """The rows of a file, numbered, with one of them in memory at a time.

    ``chunks`` may be a request's ``stream()``. A row that cannot be read comes as one with
    ``errors``, and the next ones follow. Raises ``UnsupportedMediaError`` for a content type that
    is not of ``MediaType``, ``UnreadableFileError`` where the file as a whole makes no sense, and
    ``TransferTooLargeError`` beyond ``limits``.
    """
    limits = limits or Limits()
    async for row in _READERS[MediaType.of(content_type)](chunks, limits):
        if row.number > limits.rows:
            raise TransferTooLargeError(
                f"The file has more than {limits.rows} rows, which is the most that one import "
                "takes. Cut it into several."
            )
        yield row
