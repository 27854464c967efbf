"""The generic cell rate algorithm (ITU-T I.371), once in Lua and once in Python.

A key has one number: the moment at which all that was used will have come back. To use one more
moves it by an interval; where that would put it further ahead than the whole burst, it is refused.
"""

from typing import NamedTuple

__all__ = ["SCRIPT", "Outcome", "decide"]

# The clock is the server's, so that processes on machines whose clocks differ agree. A moment that
# is further ahead than it can be is from before the clock was set back.
SCRIPT = """
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local full = tonumber(redis.call('GET', KEYS[1])) or now
full = math.min(math.max(full, now), now + interval * burst)
local after = full + interval * cost
local excess = after - interval * burst - now
if excess > 0 then
  return {0, full - now, excess}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return {1, after - now, 0}
"""


class Outcome(NamedTuple):
    """``ahead`` and ``excess`` are in microseconds: until all is back, and until this would fit."""

    allowed: bool
    ahead: int
    excess: int


def decide(full: int, now: int, interval: int, burst: int, cost: int) -> Outcome:
    """The same on numbers: ``full`` is the moment that the key has."""
    full = min(max(full, now), now + interval * burst)
    after = full + interval * cost
    excess = after - interval * burst - now
    if excess > 0:
        return Outcome(allowed=False, ahead=full - now, excess=excess)
    return Outcome(allowed=True, ahead=after - now, excess=0)
