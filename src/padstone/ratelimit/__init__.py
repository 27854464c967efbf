"""How often is too often: limits that hold over all processes, and a limiter that always answers.

A limit is a rate and a burst: what is used comes back evenly, one by one, and not all at once at
the turn of a minute. With Redis all processes count together. Without it, and while it does not
answer, each process counts for itself, in memory that is bounded.
"""

from padstone.ratelimit.dependencies import LimiterDep, limiter_of
from padstone.ratelimit.limit import Limit
from padstone.ratelimit.limiter import RateLimiter
from padstone.ratelimit.local import LocalCounters
from padstone.ratelimit.verdict import Verdict

__all__ = ["Limit", "LimiterDep", "LocalCounters", "RateLimiter", "Verdict", "limiter_of"]
