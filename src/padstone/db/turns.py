"""Who may use a connection that several sessions share, as they do in tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Optional

__all__ = ["Turns"]


class _Turn:
    def __init__(self, owner: "Turns", outer: Optional["_Turn"]) -> None:
        self.owner = owner
        self.outer = outer
        self.free = asyncio.Lock()
        self.over = False


_current: ContextVar[_Turn | None] = ContextVar("padstone_turn", default=None)


class Turns:
    """Savepoints of one connection must nest, so the blocks that hold them take turns.

    A block inside another's gets its turn within the other's, and so does one in a task that was
    started there; all others wait until the running one ends.
    """

    def __init__(self) -> None:
        self._all = _Turn(self, None)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Waits for the turn, and holds it for the length of the block."""
        before = _current.get()
        outer = before
        while outer is not None and (outer.over or outer.owner is not self):
            outer = outer.outer
        async with (outer or self._all).free:
            turn = _Turn(self, before)
            _current.set(turn)
            try:
                yield
            finally:
                # A task that was started in this block may outlive it, and remembers it.
                turn.over = True
                _current.set(before)
