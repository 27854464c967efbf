"""What stands in Redis: entries, the locks of those who make them, and the versions of tags."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from redis.asyncio import Redis

from padstone.redis import RedisClient, Script

__all__ = ["Entries", "Found", "Names"]

_EVERYTHING = ""
"""A tag that every entry has."""
_TAG_MILLISECONDS = 30 * 86_400_000

# An entry begins with the versions that its tags had before it was made, so that one dropped tag
# takes any number of entries with it. A tag that has no version gets a new one: whatever was made
# before it was forgotten does not count. All in one step, so that of many who find nothing exactly
# one is told to make it.
_LOOK = Script("""
local head = ''
for i = 3, #KEYS do
  local version = redis.call('GET', KEYS[i])
  if not version then
    version = ARGV[4]
    redis.call('SET', KEYS[i], version, 'PX', ARGV[5])
  end
  head = head .. version .. ','
end
local entry = redis.call('GET', KEYS[1])
local known = entry and string.sub(entry, 1, #head) == head
local value = known and string.sub(entry, #head + 1)
if known and redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then
  return {'fresh', value, head}
end
local mine = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[3])
return {mine and 'mine' or 'theirs', value, head}
""")

# Whoever has lost the lock may have made it from what was there before it was dropped.
_STORE = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
""")

_RELEASE = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
""")


class Names(NamedTuple):
    """The keys in Redis for one entry."""

    entry: str
    lock: str
    tags: tuple[str, ...]


class Found(NamedTuple):
    """What was there: ``fresh``, or else whether it is ``mine`` to make or ``theirs``.

    ``value`` is what is kept, if anything; ``head`` is to be stored before a new one.
    """

    state: Literal["fresh", "mine", "theirs"]
    value: bytes | None
    head: bytes


class Entries:
    """One method, one round trip. Every method raises ``RedisUnavailableError``."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def names(self, key: str, tags: Iterable[str]) -> Names:
        """The keys in Redis for the entry ``key`` that has ``tags``."""
        return Names(
            self._redis.key("cache", "entry", key),
            self._redis.key("cache", "lock", key),
            tuple(self.tag(tag) for tag in (_EVERYTHING, *sorted(set(tags)))),
        )

    def tag(self, name: str = _EVERYTHING) -> str:
        """The key in Redis of a tag; without a name, of the one that all entries have."""
        return self._redis.key("cache", "tag", name)

    async def look(self, names: Names, token: str, *, stale: float, lease: float) -> Found:
        """What there is. It counts as fresh until ``stale`` seconds before its end.

        Where there is nothing fresh and nobody makes it, ``token`` has the lock for ``lease``
        seconds.
        """
        keys = [names.entry, names.lock, *names.tags]
        arguments = (token, _milliseconds(stale), _milliseconds(lease), _version())
        state, value, head = await self._run(_LOOK, keys, (*arguments, _TAG_MILLISECONDS))
        return Found(state.decode(), value, head)

    async def store(self, names: Names, token: str, content: bytes, seconds: float) -> bool:
        """Keeps ``content``, a head and a value; whether ``token`` still had the lock."""
        arguments = (token, content, _milliseconds(seconds))
        return bool(await self._run(_STORE, [names.entry, names.lock], arguments))

    async def release(self, names: Names, token: str) -> None:
        """Gives the lock back, if ``token`` still has it."""
        await self._run(_RELEASE, [names.lock], (token,))

    async def drop(self, keys: Sequence[str], tags: Sequence[str]) -> None:
        """Takes entries and locks away by their keys in Redis, and gives tags new versions."""

        async def send(redis: Redis) -> None:
            async with redis.pipeline(transaction=True) as pipeline:
                if keys:
                    pipeline.unlink(*keys)
                for tag in tags:
                    pipeline.set(tag, _version(), px=_TAG_MILLISECONDS)
                await pipeline.execute()

        await self._redis.run(send)

    async def _run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int]
    ) -> Any:
        return await self._redis.run(lambda redis: script(redis, keys, arguments))


def _version() -> str:
    return secrets.token_hex(8)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000)) if seconds else 0
