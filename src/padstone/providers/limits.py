"""How long a provider may take."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from padstone.providers.chunks import ChatChunk
from padstone.providers.errors import ProviderTimeoutError

__all__ = ["Limits", "within"]


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds: until the first chunk, from one to the next, and for all of them."""

    first: float = 30.0
    idle: float = 60.0
    total: float = 600.0


async def within(
    chunks: AsyncGenerator[ChatChunk], limits: Limits, ends_at: float
) -> AsyncGenerator[ChatChunk]:
    """``chunks``, unless one takes too long: ``ProviderTimeoutError``.

    ``ends_at`` is the end of all time, by the loop's clock. While the reader pauses, only that
    runs on.
    """
    patience = limits.first
    loop = asyncio.get_running_loop()
    async with aclosing(chunks):
        while True:
            try:
                async with asyncio.timeout_at(min(loop.time() + patience, ends_at)):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise ProviderTimeoutError from None
            if chunk is None:
                return
            yield chunk
            patience = limits.idle
