"""The limiter: on Redis where there is one that answers, in this process otherwise."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from padstone.ratelimit.gcra import Outcome
from padstone.ratelimit.limit import Limit
from padstone.ratelimit.local import LocalCounters
from padstone.ratelimit.verdict import Verdict

if TYPE_CHECKING:
    # There is a limiter without Redis too, and its package then.
    from padstone.ratelimit.in_redis import RedisCounters
    from padstone.redis import RedisClient

__all__ = ["RateLimiter"]

_MICROS = 1_000_000


def _count_nothing(_outcome: str) -> None:
    """For whoever wants no numbers."""


class RateLimiter:
    """Answers always, also while Redis does not: then each process counts for itself.

    For a ``strict`` limit, such as that of log-ins, a process then allows ``share`` of it only:
    with up to 1/``share`` processes, all of them together allow no more than before. Others go on
    with the whole limit each, since honest callers should not suffer for our trouble.

    ``observe`` is told of each outcome: allowed, refused, and fallback where Redis did not answer.
    """

    def __init__(
        self,
        redis: "RedisClient | None" = None,
        *,
        share: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
        observe: Callable[[str], None] = _count_nothing,
    ) -> None:
        self._shared = None if redis is None else _counters(redis)
        self._share = share
        self._observe = observe
        self._local = LocalCounters(clock=clock)

    async def hit(self, key: str, limit: Limit, *, cost: int = 1, strict: bool = False) -> Verdict:
        """Counts ``cost`` on ``key`` where ``limit`` allows it, and says whether it did.

        What is refused is not counted, so that whoever asks too often is not locked out by asking.
        A cost above the burst is never allowed.
        """
        if cost < 1:
            raise ValueError("a cost is at least 1")
        verdict = await self._decide(f"{key}:{limit.policy}", limit, cost, strict=strict)
        self._observe("allowed" if verdict.allowed else "refused")
        return verdict

    def forget(self) -> None:
        """Forgets what this process has counted by itself."""
        self._local.forget()

    async def _decide(self, key: str, limit: Limit, cost: int, *, strict: bool) -> Verdict:
        if self._shared is None:
            return _verdict(limit, self._local.hit(key, limit, cost))
        name = self._shared.name(key)
        outcome = await self._shared.hit(name, limit, cost)
        if outcome is None:
            self._observe("fallback")
            allowed = limit.share(self._share) if strict else limit
            return _verdict(allowed, self._local.hit(name, allowed, cost))
        # So that who has used up the limit has still used it up should Redis go away now.
        self._local.learn(name, outcome.ahead)
        return _verdict(limit, outcome, is_shared=True)


def _counters(redis: "RedisClient") -> "RedisCounters":
    from padstone.ratelimit.in_redis import RedisCounters

    return RedisCounters(redis)


def _verdict(limit: Limit, outcome: Outcome, *, is_shared: bool = False) -> Verdict:
    return Verdict(
        allowed=outcome.allowed,
        limit=limit,
        remaining=limit.burst - -(-outcome.ahead // limit.interval),
        reset_after=outcome.ahead / _MICROS,
        retry_after=outcome.excess / _MICROS,
        is_shared=is_shared,
    )
