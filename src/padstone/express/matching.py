"""Which operation a path asks for, in the order in which the application's routes were declared.

The table knows all routes, also those of the session lane: a path that an earlier one answers is
not for a later one.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

__all__ = ["Match", "PathTable"]

T = TypeVar("T")


class Match(NamedTuple, Generic[T]):
    """What a path asks for, and what stands in the parameters of its template."""

    value: T
    parameters: dict[str, str]


class _Entry(NamedTuple, Generic[T]):
    order: int
    value: T | None
    names: tuple[tuple[int, str], ...]


class _Kind(Generic[T]):
    """Templates that have their parameters in the same places, by what stands in the others."""

    __slots__ = ("entries", "key")

    def __init__(self, fixed: Sequence[int]) -> None:
        # A single part comes by itself, several come as a tuple. The first one is always empty.
        self.key: Callable[[Sequence[str]], Any] = itemgetter(*fixed)
        self.entries: dict[Any, _Entry[T]] = {}


class PathTable(Generic[T]):
    """Values by method and template, such as ``/folders/{folder_id}/notes``."""

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, str], _Entry[T]] = {}
        # By method and number of parts; then by which parts are fixed.
        self._open: dict[tuple[str, int], dict[tuple[int, ...], _Kind[T]]] = {}
        self._count = 0

    def add(self, methods: Iterable[str], template: str, value: T | None) -> None:
        """The next route; ``None`` is one that is not ours."""
        self._count += 1
        parts = template.split("/")
        names = tuple((place, part[1:-1]) for place, part in enumerate(parts) if _is_open(part))
        entry = _Entry(self._count, value, names)
        fixed = tuple(place for place, part in enumerate(parts) if not _is_open(part))
        for method in methods:
            if not names:
                self._fixed.setdefault((method, template), entry)
                continue
            kinds = self._open.setdefault((method, len(parts)), {})
            kind = kinds.setdefault(fixed, _Kind(fixed))
            kind.entries.setdefault(kind.key(parts), entry)

    def find(self, method: str, path: str) -> Match[T] | None:
        """What answers ``path``; ``None`` where that is nobody, or not ours."""
        best = self._fixed.get((method, path))
        parts = path.split("/")
        for kind in self._open.get((method, len(parts)), _NONE).values():
            entry = kind.entries.get(kind.key(parts))
            if entry is not None and (best is None or entry.order < best.order):
                best = entry
        if best is None or best.value is None:
            return None
        found = {}
        for place, name in best.names:
            if not parts[place]:
                return None
            found[name] = parts[place]
        return Match(best.value, found)


_NONE: dict[Any, Any] = {}


def _is_open(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")
