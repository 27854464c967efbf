"""What every kind of credential needs that is kept in the database: one look, remembered."""

from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from padstone.auth.credential_cache import CredentialCache, Known
from padstone.auth.usage import Usage
from padstone.db import Database, ReadSession, translate
from padstone.errors import UnavailableError

__all__ = ["KnownCredentials", "Remembering"]

K = TypeVar("K", bound=Hashable)


class Remembering(Protocol):
    """How much a process remembers, and for how long.

    Up to ``cache_size`` credentials: for ``cache_seconds`` while the database tells of changes, and
    for ``cache_seconds_unheard`` while that connection is down. ``last_used_at`` is written once in
    ``usage_seconds``.
    """

    cache_seconds: float
    cache_seconds_unheard: float
    cache_size: int
    usage_seconds: float


class KnownCredentials(Generic[K]):
    """Credentials of one kind, from memory where it can.

    ``read`` asks the database for one of them. ``used`` is the table in which it is noted when each
    was last used.
    """

    def __init__(
        self,
        read: Callable[[ReadSession, K], Awaitable[Known | None]],
        how: Remembering,
        *,
        used: Any | None = None,
    ) -> None:
        self._read = read
        self._how = how
        self._used = used
        self._usage: Usage | None = None
        self.cache = CredentialCache(
            self._load, seconds=how.cache_seconds_unheard, size=how.cache_size
        )

    async def open(self, database: Database) -> None:
        """From now on they can be found; it waits for nothing."""
        self._database = database
        if self._used is not None:
            self._usage = Usage(self._used, seconds=self._how.usage_seconds, database=database)
            self._usage.start()

    async def close(self) -> None:
        """Writes what is left to write."""
        if self._usage is not None:
            await self._usage.stop()
        await self.cache.close()

    def note(self, credential_id: UUID) -> None:
        """The credential is being used now."""
        if self._usage is not None:
            self._usage.note(credential_id)

    @contextmanager
    def understanding(self) -> Iterator[None]:
        """Around the reading of what the listener was told: what makes no sense forgets all."""
        try:
            yield
        except ValueError:  # it is not ours to understand: better forget too much
            self.cache.clear()

    def hears(self, listening: bool) -> None:  # noqa: FBT001  # the listener's callback
        """For the listener: whether changes are told at once."""
        how = self._how
        self.cache.seconds = how.cache_seconds if listening else how.cache_seconds_unheard
        self.cache.clear()

    def recall(self, key: K) -> Known | None:
        """The credential from memory, ``None`` where ``find`` has to ask."""
        return self.cache.recall(key) if self._database.pinned_connection is None else None

    async def find(self, key: K) -> Known | None:
        """The credential, or ``None`` where the database knows none that counts.

        Raises ``UnavailableError`` where the database has to be asked and does not answer.
        """
        if self._database.pinned_connection is not None:
            # Nothing tells of changes inside a test's transaction, so nothing is remembered.
            return await self._load(key)
        return await self.cache.get(key)

    async def _load(self, key: K) -> Known | None:
        try:
            async with self._database.read_session() as session:
                return await self._read(session, key)
        except Exception as error:
            meaning = translate(error)
            if isinstance(meaning, UnavailableError):
                raise meaning from error
            raise
