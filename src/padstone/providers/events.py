"""Server-sent events as an upstream sends them: read in bounds, since nobody vouches for it."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from padstone.providers.errors import ProviderBrokenError

__all__ = ["ServerEvent", "read_events"]

MOST_LINE_BYTES = 1024 * 1024
MOST_EVENT_BYTES = 2 * 1024 * 1024
MOST_STREAM_BYTES = 64 * 1024 * 1024


class ServerEvent(NamedTuple):
    """One event; ``kind`` is empty where it has no name."""

    kind: str
    data: str


async def read_events(received: AsyncIterator[bytes]) -> AsyncIterator[ServerEvent]:
    """The events in ``received``. Raises ``ProviderBrokenError`` for what is too long or no text.

    Lines end with a line feed, before which a carriage return may stand; nobody sends the third
    form that the standard knows. What the last empty line does not end is no event.
    """
    event = _Event()
    async for line in _lines(received):
        if line:
            event.take(line)
        elif event.data:
            yield event.done()
            event = _Event()


async def _lines(received: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    buffer, seen, total = bytearray(), 0, 0
    async for piece in received:
        total += len(piece)
        if total > MOST_STREAM_BYTES:
            raise ProviderBrokenError
        buffer += piece
        # Only what is new can end the line: looking at the rest again would be quadratic.
        end = buffer.rfind(b"\n", seen)
        if end >= 0:
            for line in bytes(buffer[:end]).split(b"\n"):
                _refuse_long(line)
                yield line.removesuffix(b"\r")
            del buffer[: end + 1]
        seen = len(buffer)
        _refuse_long(buffer)


def _refuse_long(line: bytes | bytearray) -> None:
    if len(line) > MOST_LINE_BYTES:
        raise ProviderBrokenError


class _Event:
    """An event, while its lines come."""

    def __init__(self) -> None:
        self.kind = ""
        self.data: list[str] = []
        self._bytes = 0

    def take(self, line: bytes) -> None:
        self._bytes += len(line)
        if self._bytes > MOST_EVENT_BYTES:
            raise ProviderBrokenError
        name, _, value = line.partition(b":")
        text = _text(value.removeprefix(b" "))
        if name == b"data":
            self.data.append(text)
        elif name == b"event":
            self.kind = text

    def done(self) -> ServerEvent:
        return ServerEvent(self.kind, "\n".join(self.data))


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ProviderBrokenError from None
