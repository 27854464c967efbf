"""One request and its answer on a connection: uvicorn's, which writes head and body as one."""

from collections.abc import Awaitable, Generator
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HEADER_RE, STATUS_LINE, RequestResponseCycle

__all__ = ["Exchange"]

_LENGTH: Final = b"content-length: "
_ELSEWHERE: Final = b""  # in the place of a name that decides how a body goes
_FRAMING: Final = frozenset({b"connection", b"transfer-encoding"})

# What no header may hold. The ends of lines are counted instead.
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})

_MOST_NAMES: Final = 512
_prefixes: dict[bytes, bytes] = {}  # ``name: `` in small letters, by the name as it was given


class _Done:
    """For whoever waits, and has nothing to wait for."""

    def __await__(self) -> Generator[Any, None, None]:
        return _NOTHING


_NOTHING: Generator[Any, None, None] = iter(())  # type: ignore[assignment]  # it ends at once


_DONE: Final = _Done()


class Exchange(RequestResponseCycle):
    """uvicorn's, with a short way for the ordinary answer: of known length, and in one piece.

    ASGI lets the head wait for the first piece of the body, so that both are one write, and its
    headers are checked together. All other answers go uvicorn's way.
    """

    _head: bytes | None = None

    def send(self, message: Any) -> Awaitable[None]:  # type: ignore[override]  # as ASGI has it
        """Takes what the application says."""
        if self._head is not None:
            return self._go_on(message, self._head)
        if self.response_started or self.disconnected or message["type"] != "http.response.start":
            return super().send(message)
        self._head = self._ordinary(message)
        if self._head is None:
            return super().send(message)
        self.response_started = True
        self.waiting_for_100_continue = False
        self.chunked_encoding = False
        return _DONE

    def _ordinary(self, message: Any) -> bytes | None:
        """The head of an answer that says its length; ``None`` for any other."""
        if not self.keep_alive or self.scope["method"] == "HEAD":
            return None
        parts = [STATUS_LINE[message["status"]]]
        length = None
        given = (*self.default_headers, *message.get("headers", ()))
        for name, value in given:
            prefix = _prefixes.get(name)
            if prefix is None:
                prefix = _prefix(name)
            if prefix is _LENGTH and length is None:
                length = value
            elif prefix is _ELSEWHERE or prefix is _LENGTH:
                return None
            parts += (prefix, value, b"\r\n")
        head = b"".join(parts)
        if length is None or not length.isdigit() or not _is_clean(head, len(given) + 1):
            return None
        self.expected_content_length = int(length)
        return head

    def _go_on(self, message: Any, head: bytes) -> Awaitable[None]:
        """The first piece of the body, behind its head."""
        self._head = None
        if self.disconnected:
            return _DONE
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            body = message.get("body", b"")
            if len(body) == self.expected_content_length and not self.flow.write_paused:
                self.transport.write(b"%b\r\n%b" % (head, body))
                self.expected_content_length = 0
                self.response_complete = True
                self.message_event.set()
                self.on_response()
                return _DONE
        self.transport.write(head + b"\r\n")
        return super().send(message)


def _prefix(name: bytes) -> bytes:
    lower = name.lower()
    if lower in _FRAMING or HEADER_RE.search(name):  # the latter, uvicorn refuses
        prefix = _ELSEWHERE
    else:
        prefix = _LENGTH if lower == b"content-length" else lower + b": "
    if len(_prefixes) < _MOST_NAMES:
        _prefixes[name] = prefix
    return prefix


def _is_clean(head: bytes, lines: int) -> bool:
    """Whether no value ends a line, or holds what none may."""
    return (
        head.count(b"\n") == lines
        and head.count(b"\r") == lines
        and len(head.translate(None, _CONTROLS)) == len(head)
    )
