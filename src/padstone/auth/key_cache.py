"""What a process remembers of the keys it has seen, and how it forgets in time.

It holds identity and permissions, never a balance. A key that the database does not know is not
remembered, so that a key works from the moment it exists.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from uuid import UUID

from padstone.principal import Principal

__all__ = ["KeyCache", "KnownKey"]


class KnownKey(NamedTuple):
    """What the database says of a key. ``expires_at`` is in seconds of the epoch."""

    principal: Principal
    expires_at: float


class _Entry(NamedTuple):
    key: KnownKey
    stale_at: float  # on the monotonic clock


class KeyCache:
    """Keys by their hash, the least recently used going first.

    ``load`` asks the database; callers who want the same key at the same time share one call.
    ``seconds`` may be changed at any time and holds for what is loaded from then on.
    """

    def __init__(
        self,
        load: Callable[[bytes], Awaitable[KnownKey | None]],
        *,
        seconds: float,
        size: int,
    ) -> None:
        self.seconds = seconds
        self._load = load
        self._size = size
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._loading: dict[bytes, asyncio.Task[KnownKey | None]] = {}
        self._tasks: set[asyncio.Task[KnownKey | None]] = set()
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._entries)

    async def get(self, key_hash: bytes) -> KnownKey | None:
        """The key, from memory or from the database. Raises what ``load`` raises."""
        entry = self._entries.get(key_hash)
        if entry is not None and entry.stale_at > time.monotonic():
            self._entries.move_to_end(key_hash)
            return entry.key
        task = self._loading.get(key_hash)
        if task is None:
            task = asyncio.create_task(self._fetch(key_hash))
            self._loading[key_hash] = task
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._landed(key_hash, done))
        # A caller who gives up must not take the answer from the others.
        return await asyncio.shield(task)

    def forget(self, key_hash: bytes) -> None:
        """Whoever asks for this key from now on gets what the database says from now on."""
        self._epoch += 1
        self._entries.pop(key_hash, None)
        self._loading.pop(key_hash, None)

    def forget_owner(self, owner_id: UUID) -> None:
        """The same for all keys of an owner."""
        self._start_anew()
        for key_hash, entry in list(self._entries.items()):
            if entry.key.principal.subject == owner_id:
                del self._entries[key_hash]

    def clear(self) -> None:
        """The same for all keys."""
        self._start_anew()
        self._entries.clear()

    async def close(self) -> None:
        """Ends the calls that nobody waits for any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.clear()

    def _start_anew(self) -> None:
        # Whose keys are being loaded is not known yet, so nobody joins those calls any more.
        self._epoch += 1
        self._loading.clear()

    async def _fetch(self, key_hash: bytes) -> KnownKey | None:
        epoch, stale_at = self._epoch, time.monotonic() + self.seconds
        key = await self._load(key_hash)
        # An answer that was on its way while something changed may be the old one: it is good
        # enough for those who asked before the change, and for nobody after.
        if key is not None and epoch == self._epoch:
            self._entries[key_hash] = _Entry(key, stale_at)
            self._entries.move_to_end(key_hash)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return key

    def _landed(self, key_hash: bytes, task: asyncio.Task[KnownKey | None]) -> None:
        self._tasks.discard(task)
        if self._loading.get(key_hash) is task:
            del self._loading[key_hash]
        if not task.cancelled():
            task.exception()  # all its callers may have gone, and then nobody else looks
