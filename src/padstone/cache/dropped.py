"""What is to be dropped, until it is."""

from collections.abc import Iterable

from padstone.cache.entries import Entries

__all__ = ["Dropped"]

_MOST = 10_000


class Dropped:
    """Names of entries and tags that nothing may be read by before they are dropped in Redis.

    So a process never reads what it has dropped itself, however long Redis was away meanwhile.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        # Each with a mark, by which a name that comes again while it is being dropped is known.
        self._keys: dict[str, object] = {}
        self._tags: dict[str, object] = {}

    def __bool__(self) -> bool:
        return bool(self._keys or self._tags)

    def add(self, *, keys: Iterable[str] = (), tags: Iterable[str] = ()) -> None:
        """Takes more of them, by their keys in Redis."""
        mark = object()
        self._keys.update(dict.fromkeys(keys, mark))
        self._tags.update(dict.fromkeys(tags, mark))
        if len(self._keys) + len(self._tags) > _MOST:
            self._keys.clear()
            self._tags = {self._entries.tag(): mark}

    async def settle(self) -> None:
        """Drops all of them. Raises ``RedisUnavailableError``, and they stay to be dropped."""
        while self:
            keys, tags = dict(self._keys), dict(self._tags)
            await self._entries.drop(list(keys), list(tags))
            _remove(self._keys, keys)
            _remove(self._tags, tags)


def _remove(names: dict[str, object], done: dict[str, object]) -> None:
    for name, mark in done.items():
        # One that came again meanwhile may have been dropped too early.
        if names.get(name) is mark:
            del names[name]
