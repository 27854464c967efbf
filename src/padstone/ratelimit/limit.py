"""A limit: how many in which time, and how many of them at once."""

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Limit"]

_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_FORM = re.compile(
    r"(?P<amount>[0-9]{1,9}) ?/ ?(?P<count>[0-9]{1,5} ?)?(?P<unit>second|minute|hour|day)s?"
    r"( burst (?P<burst>[0-9]{1,9}))?"
).fullmatch
_MICROS = 1_000_000
_LONGEST = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` in ``seconds``, of which ``burst`` may come at once; all of them by default.

    In any time there are at most ``burst`` and what comes back meanwhile. Raises ``ValueError`` for
    what is no limit.
    """

    amount: int
    seconds: int
    burst: int = 0

    def __post_init__(self) -> None:
        if self.burst == 0:
            object.__setattr__(self, "burst", self.amount)
        if self.amount < 1 or not 1 <= self.seconds <= _LONGEST or self.burst < 1:
            raise ValueError("a limit needs an amount, a time of up to 366 days and a burst")
        if self.amount > self.seconds * _MICROS:
            raise ValueError("a limit of more than one in a microsecond is none")

    @staticmethod
    def parse(text: str) -> "Limit":
        """The limit that ``text`` names: ``60/minute``, ``5/30 seconds``, ``60/minute burst 10``.

        Raises ``ValueError`` that shows how one is written.
        """
        return _parse(text)

    @property
    def interval(self) -> int:
        """The microseconds after which one comes back; rounded up, so that it is never laxer."""
        return -(-self.seconds * _MICROS // self.amount)

    @property
    def policy(self) -> str:
        """As ``RateLimit-Policy`` says it (draft-ietf-httpapi-ratelimit-headers-07)."""
        own = "" if self.burst == self.amount else f";burst={self.burst}"
        return f"{self.amount};w={self.seconds}{own}"

    def share(self, part: float) -> "Limit":
        """So much of it; never nothing, since one must be able to come in."""
        amount = max(1, int(self.amount * part))
        seconds = self.seconds
        if amount > self.amount * part:
            # One in a longer time is less than one.
            seconds = min(_LONGEST, round(self.seconds / (self.amount * part)))
        return Limit(amount, seconds, max(1, int(self.burst * part)))


@lru_cache(maxsize=1024)
def _parse(text: str) -> Limit:
    found = _FORM(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is not a limit; write 60/minute, 5/30 seconds or 60/minute burst 10"
        )
    seconds = int(found["count"] or 1) * _SECONDS[found["unit"]]
    return Limit(int(found["amount"]), seconds, int(found["burst"] or 0))
