"""Which provider serves which model, and who stands in for it."""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from padstone.providers.chunks import ChatChunk
from padstone.providers.errors import (
    ModelNotFoundError,
    ProviderBrokenError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from padstone.providers.limits import Limits, within
from padstone.providers.provider import Provider
from padstone.providers.request import ChatRequest

__all__ = ["Router", "Served"]

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0  # a provider that wants more time is passed over

_log = structlog.get_logger("padstone.providers")


@dataclass(frozen=True, slots=True)
class Served:
    """A model as one provider has it: ``model`` is the name there, ``owner`` the provider's."""

    provider: Provider
    model: str
    owner: str = "padstone"


class Router(Provider):
    """Chooses by the model's name. What it calls a model need not be what the provider does.

    Until the first chunk has come, a provider that is unavailable is asked again, ``attempts``
    times in all, and then the next one that serves the model. Afterwards a failure is the reader's:
    nobody else could go on in the middle of a sentence.
    """

    def __init__(
        self,
        models: Mapping[str, Provider | Served | Sequence[Served]],
        *,
        limits: Limits | None = None,
        attempts: int = 2,
    ) -> None:
        self._models = {name: _served(name, given) for name, given in models.items()}
        self._limits = limits or Limits()
        self._attempts = attempts

    @property
    def limits(self) -> Limits:
        """How long a stream may take."""
        return self._limits

    @property
    def models(self) -> tuple[str, ...]:
        """The names of all models, sorted."""
        return tuple(sorted(self._models))

    def owner_of(self, model: str) -> str:
        """The name of the provider that is asked first. Raises ``ModelNotFoundError``."""
        return self._served(model)[0].owner

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """See ``Provider.stream``; every chunk has the model's name as it is known here.

        Raises ``ModelNotFoundError`` too.
        """
        first, rest = await self._begin(request)
        async with aclosing(rest):
            yield first
            async for chunk in rest:
                yield chunk

    async def _begin(self, request: ChatRequest) -> tuple[ChatChunk, AsyncGenerator[ChatChunk]]:
        """The first chunk that anybody gives, and what follows it."""
        ends_at = asyncio.get_running_loop().time() + self._limits.total
        failure = ProviderUnavailableError()
        for served in self._served(request.model):
            for attempt in range(self._attempts):
                if attempt > 0:
                    await _pause(failure)
                chunks = self._asked(served, request, ends_at)
                try:
                    first = await anext(chunks, None)
                    if first is not None:
                        return first, chunks
                    failure = ProviderBrokenError()
                except ProviderUnavailableError as error:
                    failure = error
                _log.warning("provider gave no answer", owner=served.owner, code=failure.code)
                if not _is_worth_another_turn(failure):
                    break
        raise failure

    async def _asked(
        self, served: Served, request: ChatRequest, ends_at: float
    ) -> AsyncGenerator[ChatChunk]:
        asked = served.provider.stream(request.model_copy(update={"model": served.model}))
        async with aclosing(within(asked, self._limits, ends_at)) as chunks:
            async for chunk in chunks:
                yield chunk.model_copy(update={"model": request.model})

    def _served(self, model: str) -> Sequence[Served]:
        try:
            return self._models[model]
        except KeyError:
            raise ModelNotFoundError from None


def _served(name: str, given: Provider | Served | Sequence[Served]) -> Sequence[Served]:
    if isinstance(given, Provider):
        return [Served(given, name)]
    return [given] if isinstance(given, Served) else list(given)


def _is_worth_another_turn(failure: ProviderUnavailableError) -> bool:
    # Whoever took too long once has used up the caller's time already.
    is_slow = isinstance(failure, ProviderTimeoutError)
    return not is_slow and (failure.asked_pause or 0) <= _LONGEST_PAUSE


async def _pause(failure: ProviderUnavailableError) -> None:
    # Random, so that those who failed together do not come back together.
    spread = _FIRST_PAUSE * random.uniform(0.5, 1.5)  # noqa: S311  # it guards nothing
    await asyncio.sleep(max(spread, failure.asked_pause or 0))
