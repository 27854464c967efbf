"""The breaker: after a few failures nobody waits for what does not answer."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

__all__ = ["Breaker"]

_log = structlog.get_logger("padstone.redis")

# Each failure counts one, and nine tenths of that after every later call. So three in a row open
# it, and so does one call in three that fails for long; one in twenty does not.
_FADES = 0.9
_OPENS_AT = 2.7


def _count_nothing() -> None:
    """For whoever wants no numbers."""


class Breaker:
    """Counts failures. While it is open, ``probe`` is tried ``every`` so many seconds.

    It closes when ``probe`` raises nothing. No caller waits for a probe: with a breaker that lets
    every so many calls through instead, some user would wait each time. ``observe`` is called for
    each failure.
    """

    def __init__(
        self,
        probe: Callable[[], Awaitable[object]],
        *,
        every: float,
        observe: Callable[[], None] = _count_nothing,
    ) -> None:
        self._probe = probe
        self._every = every
        self._observe = observe
        self._score = 0.0
        self._probing: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Whether calls should not be made."""
        return self._probing is not None

    def succeeded(self) -> None:
        """Counts a call that was answered."""
        self._score *= _FADES

    def failed(self, reason: str) -> None:
        """Counts a call that was not, and opens where there were too many. ``reason`` is logged."""
        self._observe()
        self._score = self._score * _FADES + 1
        if self._score >= _OPENS_AT and self._probing is None and not self._is_closed:
            _log.warning("redis does not answer", reason=reason)
            self._probing = asyncio.create_task(self._probe_until_back())

    async def close(self) -> None:
        """Ends what goes on in the background."""
        self._is_closed = True
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
            self._probing = None

    async def _probe_until_back(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._probe()
            except Exception:  # noqa: BLE001  # whatever it is, the next turn may succeed
                self._observe()
                if self._is_closed:  # it took the cancellation for a failure of its own
                    return
            else:
                break
        self._score = 0.0
        self._probing = None
        _log.info("redis answers again")
