"""Saying how far something is, only where it takes long enough to wonder."""

import time
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Tells at most once in ``seconds``, and nothing in the first ones of a piece of work.

    ``tell`` shows a sentence in the place of the one before; an empty one takes it away.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        *,
        seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._seconds = seconds
        self._clock = clock
        self._last = clock()
        self._told = False

    def begin(self) -> None:
        """A new piece of work begins."""
        self._last = self._clock()

    def at(self, sentence: str) -> None:
        """Tells ``sentence`` if it is time to."""
        now = self._clock()
        if now - self._last >= self._seconds:
            self._last = now
            self._told = True
            self._tell(sentence)

    def end(self) -> None:
        """Takes away what was told last."""
        if self._told:
            self._told = False
            self._tell("")
