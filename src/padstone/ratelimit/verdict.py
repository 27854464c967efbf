"""What the limiter says."""

import math
from dataclasses import dataclass

from padstone.ratelimit.limit import Limit

__all__ = ["Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed, and what is left.

    ``reset_after`` is in how many seconds all of the limit is there again, ``retry_after`` in how
    many one like this is allowed; 0 where it was. ``is_shared`` says whether all processes have
    counted together.
    """

    allowed: bool
    limit: Limit
    remaining: int
    reset_after: float
    retry_after: float
    is_shared: bool = False

    def headers(self) -> dict[str, str]:
        """For the answer, as the draft of the IETF's HTTPAPI group has them, in its 7th version."""
        return {
            "RateLimit-Limit": str(self.limit.burst),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(math.ceil(self.reset_after)),
            "RateLimit-Policy": self.limit.policy,
        }
