"""What a process remembers of the credentials it has seen, and how it forgets in time.

It holds identity and permissions, never a balance. A credential that the database does not know is
not remembered, so that a key works from the moment it exists.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from padstone.principal import Principal

__all__ = ["CredentialCache", "Known"]

K = TypeVar("K", bound=Hashable)


class Known(NamedTuple):
    """What the database says of a credential. ``expires_at`` is in seconds of the epoch."""

    principal: Principal
    expires_at: float


class _Entry(NamedTuple):
    known: Known
    stale_at: float  # on the monotonic clock


class CredentialCache(Generic[K]):
    """Credentials by what finds their row, the least recently used going first.

    That is the hash of an API key, or the id of a session. ``load`` asks the database; callers who
    want the same one at the same time share one call. ``seconds`` may be changed at any time and
    holds for what is loaded from then on.
    """

    def __init__(
        self,
        load: Callable[[K], Awaitable[Known | None]],
        *,
        seconds: float,
        size: int,
    ) -> None:
        self.seconds = seconds
        self._load = load
        self._size = size
        self._entries: OrderedDict[K, _Entry] = OrderedDict()
        self._loading: dict[K, asyncio.Task[Known | None]] = {}
        self._tasks: set[asyncio.Task[Known | None]] = set()
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._entries)

    def recall(self, key: K) -> Known | None:
        """The credential from memory; ``None`` where the database has to be asked."""
        entry = self._entries.get(key)
        if entry is None or entry.stale_at <= time.monotonic():
            return None
        self._entries.move_to_end(key)
        return entry.known

    async def get(self, key: K) -> Known | None:
        """The credential, from memory or from the database. Raises what ``load`` raises."""
        if (known := self.recall(key)) is not None:
            return known
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key))
            self._loading[key] = task
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._landed(key, done))
        # A caller who gives up must not take the answer from the others.
        return await asyncio.shield(task)

    def forget(self, key: K) -> None:
        """Whoever asks for this one from now on gets what the database says from now on."""
        self._epoch += 1
        self._entries.pop(key, None)
        self._loading.pop(key, None)

    def forget_owner(self, owner_id: UUID) -> None:
        """The same for all credentials of an owner."""
        self._start_anew()
        for key, entry in list(self._entries.items()):
            if entry.known.principal.subject == owner_id:
                del self._entries[key]

    def clear(self) -> None:
        """The same for all of them."""
        self._start_anew()
        self._entries.clear()

    async def close(self) -> None:
        """Ends the calls that nobody waits for any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.clear()

    def _start_anew(self) -> None:
        # Whose they are that are being loaded is not known yet, so nobody joins those calls now.
        self._epoch += 1
        self._loading.clear()

    async def _fetch(self, key: K) -> Known | None:
        epoch, stale_at = self._epoch, time.monotonic() + self.seconds
        known = await self._load(key)
        # An answer that was on its way while something changed may be the old one: it is good
        # enough for those who asked before the change, and for nobody after.
        if known is not None and epoch == self._epoch:
            self._entries[key] = _Entry(known, stale_at)
            self._entries.move_to_end(key)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return known

    def _landed(self, key: K, task: asyncio.Task[Known | None]) -> None:
        self._tasks.discard(task)
        if self._loading.get(key) is task:
            del self._loading[key]
        if not task.cancelled():
            task.exception()  # all its callers may have gone, and then nobody else looks
