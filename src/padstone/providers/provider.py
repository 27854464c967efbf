"""What every provider can do."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing

from padstone.providers.chunks import ChatChunk, Completion
from padstone.providers.collecting import collect
from padstone.providers.request import ChatRequest

__all__ = ["Provider"]


class Provider(ABC):
    """Something that continues conversations.

    Whoever does not read a stream to its end closes it (``contextlib.aclosing``), so that the
    provider stops too.
    """

    @abstractmethod
    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """The answer as it comes; the last chunk has the usage, where the provider says it.

        Raises ``ProviderRefusedError`` and ``ProviderUnavailableError``, the latter also later.
        """

    async def complete(self, request: ChatRequest) -> Completion:
        """The whole answer.

        It is streamed too: so the limits of time hold for its parts, and there is one way only.
        """
        async with aclosing(self.stream(request)) as chunks:
            return await collect(chunks)
