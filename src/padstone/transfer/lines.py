"""Bytes as they come in become text, and text becomes lines, with no more in memory than one line.

A chunk may end anywhere: within a character, or between the CR and the LF of one line's end.
"""

import codecs
import re
from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

from padstone.transfer.errors import TransferTooLargeError, UnreadableFileError
from padstone.transfer.limits import Limits

__all__ = ["ANY_END", "LF_END", "Line", "decoded", "read_lines"]

ANY_END = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
"""Lines that end with CRLF, LF or CR."""

LF_END = re.compile(r"[^\n]*\n|[^\n]+")
"""Lines that end with LF."""

_UTF16 = (codecs.BOM_UTF16_LE[:1], codecs.BOM_UTF16_BE[:1])  # never in UTF-8


class Line(NamedTuple):
    """One line with its end. ``text`` is ``None`` where it was too long to be kept.

    ``quotes`` is how many ``"`` are in a line that was not kept.
    """

    number: int
    text: str | None
    quotes: int = 0


async def decoded(chunks: AsyncIterable[bytes], limits: Limits) -> AsyncIterator[str]:
    """The text of ``chunks``, which is UTF-8, without a byte order mark.

    Raises ``UnreadableFileError`` for another encoding, and ``TransferTooLargeError``.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    total, line = 0, 1
    async for chunk in chunks:
        total += len(chunk)
        if total > limits.total_bytes:
            raise TransferTooLargeError(
                f"The file is larger than {limits.total_bytes} bytes, which is the most that one "
                "import takes. Cut it into several."
            )
        text = _decode(decoder, chunk, line)
        line += text.count("\n")
        if text:
            yield text
    if text := _decode(decoder, b"", line, final=True):
        yield text


async def read_lines(
    chunks: AsyncIterable[bytes], limits: Limits, end: re.Pattern[str]
) -> AsyncIterator[Line]:
    """The lines of ``chunks``, of which ``end`` is ``ANY_END`` or ``LF_END``."""
    unfinished = _Unfinished(limits.row_size)
    async for text in _without_cut_ends(decoded(chunks, limits)):
        for match in end.finditer(text):
            piece = match[0]
            unfinished.add(piece)
            if piece[-1] == "\n" or (piece[-1] == "\r" and end is ANY_END):
                yield unfinished.finish()
    if unfinished.size:
        yield unfinished.finish()


class _Unfinished:
    """The line whose end has not come in yet."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._pieces: list[str] = []
        self._quotes = 0
        self._number = 1

    def add(self, piece: str) -> None:
        self.size += len(piece)
        self._pieces.append(piece)
        if self.size > self._most:
            self._quotes += sum(kept.count('"') for kept in self._pieces)
            self._pieces.clear()

    def finish(self) -> Line:
        is_long = self.size > self._most
        text = None if is_long else "".join(self._pieces)
        line = Line(self._number, text, self._quotes)
        self._number += 1
        self.size = self._quotes = 0
        self._pieces.clear()
        return line


async def _without_cut_ends(texts: AsyncIterator[str]) -> AsyncIterator[str]:
    # A CR at the end of a chunk waits for the LF that may follow it.
    held = ""
    async for text in texts:
        whole = held + text
        held = "\r" if whole.endswith("\r") else ""
        yield whole.removesuffix(held)
    yield held


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, line: int, *, final: bool = False
) -> str:
    # What the codec raises holds the bytes; the new error must not carry them along.
    try:
        text, problem = decoder.decode(chunk, final), None
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        is_utf16 = error.object[error.start : error.start + 1] in _UTF16 and not error.start
        place = "in UTF-16" if is_utf16 and line == 1 else f"not in UTF-8, see line {line}"
        text, problem = "", f"The file is {place}. Save it in UTF-8."
    if problem is not None:
        raise UnreadableFileError(problem)
    if "\0" in text:
        line += text.count("\n", 0, text.index("\0"))
        raise UnreadableFileError(
            f"The file holds a NUL character in line {line}. Save it as text in UTF-8."
        )
    return text
