"""Counting in this process alone."""

import time
from collections import OrderedDict
from collections.abc import Callable

from padstone.ratelimit.gcra import Outcome, decide
from padstone.ratelimit.limit import Limit

__all__ = ["LocalCounters"]

_MICROS = 1_000_000


class LocalCounters:
    """At most ``size`` keys; beyond that the one is forgotten that was used longest ago.

    Whoever wants to be forgotten must come by so many other keys in the meantime.
    """

    def __init__(self, size: int = 50_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._full: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full)

    def hit(self, key: str, limit: Limit, cost: int) -> Outcome:
        """Counts ``cost`` on ``key``, where that is allowed."""
        now = self._now()
        outcome = decide(self._full.get(key, now), now, limit.interval, limit.burst, cost)
        # Also where it is refused: who goes on knocking is not to be forgotten.
        self._keep(key, now + outcome.ahead)
        return outcome

    def learn(self, key: str, ahead: int) -> None:
        """Takes over what others have counted: in ``ahead`` microseconds all is back."""
        self._keep(key, self._now() + ahead)

    def forget(self) -> None:
        """Forgets all."""
        self._full.clear()

    def _keep(self, key: str, full: int) -> None:
        self._full[key] = full
        self._full.move_to_end(key)
        if len(self._full) > self._size:
            self._full.popitem(last=False)

    def _now(self) -> int:
        return int(self._clock() * _MICROS)
