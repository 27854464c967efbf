"""The parts of a multipart body while it arrives."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from padstone.errors import BadRequestError, TooLargeError, UnsupportedMediaError

__all__ = ["PartBegin", "PartData", "PartEnd", "parts_of"]

MAX_HEADERS = 8
MAX_HEADER_BYTES = 4096
MAX_BOUNDARY_BYTES = 200


@dataclass(frozen=True, slots=True)
class PartBegin:
    """A part begins. ``filename`` is ``None`` for a field of the form."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class PartData:
    """Some bytes of the part that has begun."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PartEnd:
    """The part is over."""


Event = PartBegin | PartData | PartEnd


@dataclass
class _Heard:
    """What the parser said since somebody looked."""

    events: list[Event] = field(default_factory=list)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    parts: int = 0
    is_over: bool = False

    def on_part_begin(self) -> None:
        self.headers = {}
        self.parts += 1

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.name.lower()] = self.value
        self.name = self.value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition"))
        filename = options.get(b"filename")
        self.events.append(
            PartBegin(
                options.get(b"name", b"").decode(errors="replace"),
                None if filename is None else filename.decode(errors="replace"),
            )
        )

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.events.append(PartData(data[start:end]))

    def on_part_end(self) -> None:
        self.events.append(PartEnd())

    def on_end(self) -> None:
        self.is_over = True


async def parts_of(request: Request, max_parts: int) -> AsyncGenerator[Event, None]:
    """The events of the request's body, each once its bytes are here and never before.

    Reading stops while nobody asks for more, so that what is in memory is one piece of the body.
    Raises ``UnsupportedMediaError`` where the body is no form, ``BadRequestError`` where it is
    broken or broken off, and ``TooLargeError`` beyond ``max_parts``.
    """
    heard = _Heard()
    parser = _parser(request, heard)
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            if heard.parts > max_parts:
                raise TooLargeError(f"The upload has more than {max_parts} parts.")
            events, heard.events = heard.events, []
            for event in events:
                yield event
    except MultipartParseError:
        raise BadRequestError("The body is no well-formed multipart/form-data.") from None
    except ClientDisconnect:
        raise BadRequestError("The upload was broken off.") from None
    if not heard.is_over:
        raise BadRequestError("The body ends before its last part does.")


def _parser(request: Request, heard: _Heard) -> MultipartParser:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= MAX_BOUNDARY_BYTES:
        raise UnsupportedMediaError("Send the files as multipart/form-data.")
    return MultipartParser(
        boundary,
        {
            "on_part_begin": heard.on_part_begin,
            "on_header_field": heard.on_header_field,
            "on_header_value": heard.on_header_value,
            "on_header_end": heard.on_header_end,
            "on_headers_finished": heard.on_headers_finished,
            "on_part_data": heard.on_part_data,
            "on_part_end": heard.on_part_end,
            "on_end": heard.on_end,
        },
        max_header_count=MAX_HEADERS,
        max_header_size=MAX_HEADER_BYTES,
    )
