"""One event of a stream, as it travels."""

from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event
from pydantic_core import to_json

__all__ = ["Event"]


@dataclass(frozen=True, slots=True)
class Event:
    """What a stream sends (HTML standard, 9.2 Server-sent events).

    ``data`` is text that is sent as it is, or anything that Pydantic can turn into JSON. ``event``
    is its kind, and what browsers call ``addEventListener`` with. ``id`` is what the client says in
    ``Last-Event-ID`` when it comes again, and ``retry`` after how many milliseconds it should.
    Raises ``ValueError`` for a kind or an id with a line break or a NUL.
    """

    data: Any
    event: str | None = None
    id: str | None = None
    retry: int | None = None

    def __post_init__(self) -> None:
        for name in ("event", "id"):
            value = getattr(self, name)
            if value is not None and not value.isprintable():
                raise ValueError(f"the {name} of an event is one line of printable characters")
        if self.retry is not None and self.retry < 0:
            raise ValueError("the retry of an event is a number of milliseconds from 0 up")

    def encode(self) -> bytes:
        """The event's lines, and the empty one after them."""
        return format_sse_event(
            data_str=_text(self.data), event=self.event, id=self.id, retry=self.retry
        )


def _text(data: Any) -> str:
    if isinstance(data, str):
        # A lone surrogate has no UTF-8 form, and a model may well write one.
        return data.encode(errors="replace").decode()
    return to_json(data, inf_nan_mode="null").decode()
