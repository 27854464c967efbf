"""An answer in one write is byte for byte the one that uvicorn gives."""

import asyncio
import logging
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from padstone.cli.serve.exchange import Exchange

Messages = list[dict[str, Any]]


class Transport(asyncio.Transport):
    """Takes what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


class Outcome:
    """What an exchange made of the messages."""

    def __init__(
        self, kind: type[RequestResponseCycle], method: str = "GET", *, keeps: bool = True
    ) -> None:
        self.transport = Transport()
        self.answered = 0
        self.error: BaseException | None = None
        self.exchange = kind(
            {"method": method, "http_version": "1.1"},  # type: ignore[typeddict-item]  # as much as it reads
            self.transport,
            FlowControl(self.transport),
            logging.getLogger("uvicorn.error"),
            logging.getLogger("uvicorn.access"),
            False,  # noqa: FBT003  # uvicorn's
            [(b"date", b"now")],
            asyncio.Event(),
            False,  # noqa: FBT003
            keeps,
            self.count,
        )

    def count(self) -> None:
        self.answered += 1

    async def take(self, messages: Messages) -> None:
        for message in messages:
            try:
                await self.exchange.send(message)  # type: ignore[arg-type]
            except (RuntimeError, ValueError) as error:
                self.error = error
                return

    @property
    def told(self) -> tuple[Any, ...]:
        exchange = self.exchange
        return (
            b"".join(self.transport.writes),
            self.transport.is_closed,
            self.answered,
            None if self.error is None else str(self.error),
            exchange.response_started,
            exchange.response_complete,
            exchange.keep_alive,
            exchange.message_event.is_set(),
        )


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


names = st.sampled_from(
    [
        b"content-length",
        b"Content-Length",
        b"Content-Type",
        b"connection",
        b"transfer-encoding",
        b"x-a",
        b"X-A",
        b"x bad",
        b"x-bad\r\n",
        b"",
    ]
)
values = st.sampled_from(
    b"0|3|5|close|keep-alive|chunked|text||a\tb|a\r\nb: c|a\nb|a\rb|a\x00|\x7f|\xe4".split(b"|")
)
framing = st.sampled_from([(b"Connection", b"a, Close"), (b"transfer-encoding", b"Chunked")])
pieces = st.lists(st.sampled_from([b"", b"abc", b"12345"]), min_size=1, max_size=3)


@st.composite
def answers(draw: st.DrawFn) -> Messages:
    given_pieces = draw(pieces)
    headers = draw(st.lists(st.one_of(st.tuples(names, values), framing), max_size=4))
    if draw(st.booleans()):  # most answers are in order
        headers.append((b"content-length", b"%d" % len(b"".join(given_pieces))))
    last = len(given_pieces) - 1
    sent = [body(piece, more=place != last) for place, piece in enumerate(given_pieces)]
    sent += draw(st.sampled_from([[], [], [body(b"late")], [start()]]))
    return [start(draw(st.sampled_from([200, 201, 204, 304, 404, 599])), *headers), *sent]


@given(answers(), st.sampled_from(["GET", "HEAD", "POST"]), st.booleans())
async def test_the_bytes_are_uvicorns(messages: Messages, method: str, keeps: bool) -> None:  # noqa: FBT001
    ours, theirs = (
        Outcome(Exchange, method, keeps=keeps),
        Outcome(RequestResponseCycle, method, keeps=keeps),
    )
    await ours.take([dict(message) for message in messages])
    await theirs.take([dict(message) for message in messages])
    assert ours.told == theirs.told


async def test_head_and_body_are_one_write() -> None:
    outcome = Outcome(Exchange)
    await outcome.take([start(200, (b"Content-Length", b"3"), (b"x-a", b"b")), body(b"abc")])
    assert outcome.transport.writes == [
        b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 3\r\nx-a: b\r\n\r\nabc"
    ]
    assert outcome.answered == 1


async def test_of_a_longer_answer_the_head_goes_with_its_first_piece() -> None:
    outcome = Outcome(Exchange)
    await outcome.take([start(200, (b"content-length", b"6"))])
    assert outcome.transport.writes == []
    await outcome.take([body(b"abc", more=True)])
    assert b"".join(outcome.transport.writes).endswith(b"\r\n\r\nabc")
    assert not outcome.exchange.response_complete
    await outcome.take([body(b"def")])
    assert outcome.answered == 1


async def test_a_stream_begins_at_once() -> None:
    outcome = Outcome(Exchange)
    await outcome.take([start(200, (b"content-type", b"text/event-stream"))])
    assert outcome.transport.writes


async def test_who_has_left_is_sent_nothing() -> None:
    outcome = Outcome(Exchange)
    await outcome.take([start(200, (b"content-length", b"3"))])
    outcome.exchange.disconnected = True
    await outcome.take([body(b"abc")])
    assert outcome.transport.writes == []
    assert outcome.answered == 0


async def test_who_takes_nothing_is_waited_for() -> None:
    outcome = Outcome(Exchange)
    flow = outcome.exchange.flow
    await outcome.take([start(200, (b"content-length", b"3"))])
    flow.pause_writing()
    waiting = asyncio.ensure_future(outcome.take([body(b"abc")]))
    await asyncio.sleep(0)
    assert not outcome.exchange.response_complete
    flow.resume_writing()
    await waiting
    assert outcome.exchange.response_complete


async def test_strange_names_are_not_remembered_without_end() -> None:
    from padstone.cli.serve import exchange

    for number in range(1000):
        outcome = Outcome(Exchange)
        await outcome.take([start(200, (b"content-length", b"0"), (b"x-%d" % number, b"a"))])
    assert len(exchange._prefixes) <= exchange._MOST_NAMES
