"""Browser sessions in Redis: a hash for each, and for each user the set of theirs.

Redis forgets what has ended by itself; whoever reads looks at the time all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from redis.asyncio import Redis

from padstone.auth.cookie_sessions.session import BrowserSession
from padstone.redis import RedisClient, Script

__all__ = ["SessionStore"]

# What another process ended or renewed meanwhile must not come back by being changed here.
_CHANGE = Script("""\
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then
  return 0
end
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1
""")


class SessionStore:
    """Reads and writes sessions, which end ``idle`` after they were last seen.

    Every method raises ``RedisUnavailableError`` where Redis does not answer.
    """

    def __init__(self, client: RedisClient, idle: timedelta) -> None:
        self._client = client
        self._idle = idle

    async def add(self, session: BrowserSession) -> int:
        """Keeps a new one. How many its user has then, some that have ended among them."""
        own, all_of_user = self._key(session.id), self._keys(session.user_id)

        async def write(redis: Redis) -> int:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.hset(own, items=session.written())
                pipe.pexpireat(own, self._expiry(session))
                pipe.sadd(all_of_user, session.id.bytes)
                pipe.pexpireat(all_of_user, _milliseconds(session.ends_at))
                pipe.scard(all_of_user)
                *_, count = await pipe.execute()
            return int(count)

        return await self._client.run(write)

    async def find(self, session_id: UUID, now: datetime) -> BrowserSession | None:
        """One that lives, or ``None``."""
        fields = await self._client.run(lambda redis: redis.hgetall(self._key(session_id)))
        return self._living(session_id, fields, now)

    async def of_user(self, user_id: UUID, now: datetime) -> list[BrowserSession]:
        """All that live, the latest seen first. It takes those that have ended out of the set."""
        key = self._keys(user_id)
        members: set[Any] = await self._client.run(lambda redis: redis.smembers(key))
        ids = [UUID(bytes=member) for member in members]
        if not ids:
            return []

        async def read(redis: Redis) -> Sequence[Any]:
            async with redis.pipeline(transaction=False) as pipe:
                for session_id in ids:
                    pipe.hgetall(self._key(session_id))
                return await pipe.execute()

        found = [
            self._living(session_id, fields, now)
            for session_id, fields in zip(ids, await self._client.run(read), strict=True)
        ]
        living = [session for session in found if session is not None]
        if ended := set(ids) - {session.id for session in living}:
            raw = [session_id.bytes for session_id in ended]
            await self._client.run(lambda redis: redis.srem(key, *raw))
        return sorted(living, key=lambda session: (session.seen_at, session.id), reverse=True)

    async def change(self, session: BrowserSession, *, digest: bytes) -> bool:
        """Writes a changed session, unless it ended or its secret is no longer that of ``digest``.

        Whether it was written.
        """
        arguments = [digest, self._expiry(session), *session.written()]
        done = await self._client.run(
            lambda redis: _CHANGE(redis, [self._key(session.id)], arguments)
        )
        return bool(done)

    async def remove(self, user_id: UUID, session_id: UUID) -> None:
        """Ends a session of this user."""
        own, all_of_user = self._key(session_id), self._keys(user_id)

        async def write(redis: Redis) -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.delete(own)
                pipe.srem(all_of_user, session_id.bytes)
                await pipe.execute()

        await self._client.run(write)

    def _living(
        self, session_id: UUID, fields: Mapping[Any, Any], now: datetime
    ) -> BrowserSession | None:
        if not fields:
            return None
        session = BrowserSession.read(session_id, fields)
        return session if now < session.expires_at(self._idle) else None

    def _expiry(self, session: BrowserSession) -> int:
        return _milliseconds(session.expires_at(self._idle))

    def _key(self, session_id: UUID) -> str:
        return self._client.key("session", str(session_id))

    def _keys(self, user_id: UUID) -> str:
        return self._client.key("sessions", str(user_id))


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
