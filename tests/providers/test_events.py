from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.providers import ProviderBrokenError
from padstone.providers.events import (
    MOST_EVENT_BYTES,
    MOST_LINE_BYTES,
    MOST_STREAM_BYTES,
    ServerEvent,
    read_events,
)


async def read(*pieces: bytes) -> list[ServerEvent]:
    async def received() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return [event async for event in read_events(received())]


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        (b"data: a\n\n", [ServerEvent("", "a")]),
        (b"data: a\r\n\r\n", [ServerEvent("", "a")]),
        (b"data:a\n\ndata:  b\n\n", [ServerEvent("", "a"), ServerEvent("", " b")]),
        (b"event: ping\ndata: a\n\n", [ServerEvent("ping", "a")]),
        (b"data: a\ndata: b\n\n", [ServerEvent("", "a\nb")]),
        (b": a comment\n\ndata: a\nid: 7\nretry: 1\n\n", [ServerEvent("", "a")]),
        (b"event: nothing\n\ndata: a\n\n", [ServerEvent("nothing", "a")]),
        (b"data: \xc3\xa4\n\n", [ServerEvent("", "ä")]),
        (b"data: a", []),
        (b"data: a\n", []),
        (b"", []),
    ],
)
async def test_events_are_read(sent: bytes, events: list[ServerEvent]) -> None:
    assert await read(sent) == events
    assert await read(*(sent[at : at + 1] for at in range(len(sent)))) == events


@given(st.lists(st.binary(max_size=50)))
async def test_whatever_comes_is_read_or_refused(pieces: list[bytes]) -> None:
    try:
        whole = await read(b"".join(pieces))
    except ProviderBrokenError:
        with pytest.raises(ProviderBrokenError):
            await read(*pieces)
    else:
        assert await read(*pieces) == whole


LINE = b"data: " + b"x" * 65_530 + b"\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [b"x" * 65_536] * (MOST_LINE_BYTES // 65_536 + 1),
        [b"x" * (MOST_LINE_BYTES + 1) + b"\n\n"],
        [LINE] * (MOST_EVENT_BYTES // len(LINE) + 2),
        [b": x\n\n" * 13_000] * (MOST_STREAM_BYTES // 65_000 + 2),
        [b"data: \xff\n\n"],
        [b"event: \xff\ndata: a\n\n"],
    ],
)
async def test_what_is_too_long_or_no_text_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(ProviderBrokenError) as raised:
        await read(*pieces)
    assert raised.value.__context__ is None or raised.value.__suppress_context__


async def test_what_fits_just_so_is_taken() -> None:
    assert await read(b"data: " + b"x" * (MOST_LINE_BYTES - 6) + b"\n\n")
