"""What is made on demand and kept, up to a number: callers decide how many kinds there are."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Bounded"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 256


class Bounded(Generic[K, V]):
    """Values by key, made by ``make``; the one that was asked for least recently goes first."""

    def __init__(self, make: Callable[[K], V], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V:
        """The value for ``key``. Raises what making it raises."""
        try:
            value = self._kept[key]
        except KeyError:
            value = self._kept[key] = self._make(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return value
