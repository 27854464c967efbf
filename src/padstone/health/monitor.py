"""The loop that asks each dependency how it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple, Self

import structlog

from padstone.shutdown import Shutdown

__all__ = ["Check", "HealthMonitor", "Result"]

Check = Callable[[], Awaitable[object]]
"""Asks one dependency; any exception means that it is down."""

_log = structlog.get_logger("padstone.health")


class Result(NamedTuple):
    """The last answer of one dependency; ``seconds`` is how long it took."""

    ok: bool
    seconds: float = 0.0
    reason: str = ""


_UNKNOWN = Result(ok=False, reason="not checked yet")


class HealthMonitor:
    """Runs every check once per interval and keeps the last result of each.

    Those that are ``optional`` are checked and shown like all, and do not decide. ``async with``
    starts it and stops it.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        interval: float,
        timeout: float,
        optional: Collection[str] = (),
        shutdown: Shutdown | None = None,
    ) -> None:
        self._checks = dict(checks)
        self._interval = interval
        self._timeout = timeout
        self._optional = frozenset(optional)
        self._tasks: list[asyncio.Task[None]] = []
        self._shutdown = shutdown or Shutdown()
        self._is_stopped = False
        self.results: dict[str, Result] = dict.fromkeys(self._checks, _UNKNOWN)

    @property
    def draining(self) -> bool:
        """Whether shutdown has begun."""
        return self._is_stopped or self._shutdown.is_asked

    @property
    def ready(self) -> bool:
        """Whether what is needed answered last time, and shutdown has not begun."""
        return not self.draining and all(
            result.ok or not self.is_required(name) for name, result in self.results.items()
        )

    def is_required(self, name: str) -> bool:
        """Whether requests should go elsewhere while the dependency ``name`` is down."""
        return name not in self._optional

    def is_up(self, name: str) -> bool:
        """Whether the dependency ``name`` answered last time."""
        return self.results[name].ok

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Checks everything once, so that the first probe has an answer, then keeps checking."""
        await asyncio.gather(*map(self._check, self._checks))
        self._tasks = [asyncio.create_task(self._watch(name)) for name in self._checks]

    async def stop(self) -> None:
        """Stops checking. Readiness stays false from now on."""
        self._is_stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, name: str) -> None:
        # A check may take the cancellation by which it is stopped for a failure of its own.
        while not self._is_stopped:
            await asyncio.sleep(self._interval)
            await self._check(name)

    async def _check(self, name: str) -> None:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                await self._checks[name]()
        except Exception as error:  # noqa: BLE001  # whatever it is, the dependency is not usable
            reason = f"no answer within {self._timeout:g} s"
            result = Result(
                ok=False,
                seconds=time.perf_counter() - began,
                reason=reason if isinstance(error, TimeoutError) else type(error).__name__,
            )
        else:
            result = Result(ok=True, seconds=time.perf_counter() - began)
        before = self.results[name]
        self.results[name] = result
        if before.ok != result.ok and before is not _UNKNOWN:
            write = _log.info if result.ok else _log.warning
            write("dependency is " + ("up" if result.ok else "down"), dependency=name)
