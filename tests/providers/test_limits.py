import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from padstone.providers import ChatChunk, Limits, ProviderTimeoutError
from padstone.providers.limits import within

NEVER = float("inf")


class Slow:
    """A stream that stands still after so many chunks, and notes that it was closed."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.is_closed = False

    async def chunks(self) -> AsyncGenerator[ChatChunk]:
        try:
            for _ in range(self.count):
                yield ChatChunk()
            await asyncio.Event().wait()
        finally:
            self.is_closed = True


@pytest.mark.parametrize(
    ("count", "limits", "ends_in"),
    [
        (0, Limits(first=0.01), NEVER),
        (2, Limits(first=600, idle=0.01), NEVER),
        (0, Limits(first=600), 0.01),
        (2, Limits(idle=600), 0.01),
    ],
)
async def test_what_takes_too_long_is_ended(count: int, limits: Limits, ends_in: float) -> None:
    slow, heard = Slow(count), 0
    ends_at = asyncio.get_running_loop().time() + ends_in
    with pytest.raises(ProviderTimeoutError):
        async for _ in within(slow.chunks(), limits, ends_at):
            heard += 1
    assert heard == count
    assert slow.is_closed


async def test_a_reader_may_take_their_time() -> None:
    slow = Slow(3)
    async with aclosing(within(slow.chunks(), Limits(first=5, idle=0.05), NEVER)) as chunks:
        for _ in range(3):
            await anext(chunks)
            await asyncio.sleep(0.06)  # longer than a provider may
    assert slow.is_closed


async def test_who_takes_no_time_has_all() -> None:
    async def quick() -> AsyncGenerator[ChatChunk]:
        yield ChatChunk()

    assert len([chunk async for chunk in within(quick(), Limits(), NEVER)]) == 1
