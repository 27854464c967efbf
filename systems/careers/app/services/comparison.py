"""What differs between two versions."""

import difflib
from collections.abc import Iterator
from typing import Any

from app.schemas.comparison import Change, Comparison

__all__ = ["compare_documents", "compare_texts"]

_NOTHING = object()


def compare_documents(
    before: dict[str, Any], after: dict[str, Any], *, versions: tuple[int, int]
) -> Comparison:
    """The values that differ, each by its path: ``work.0.position``."""
    return Comparison(
        from_version=versions[0], to_version=versions[1], changes=list(_changes("", before, after))
    )


def compare_texts(before: str, after: str, *, versions: tuple[int, int]) -> Comparison:
    """The lines that differ, as a unified diff."""
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"version {versions[0]}",
        f"version {versions[1]}",
        lineterm="",
    )
    return Comparison(
        from_version=versions[0],
        to_version=versions[1],
        changes=list(_changes("content", before, after)),
        diff="\n".join(lines),
    )


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            inner = f"{path}.{name}" if path else name
            yield from _changes(inner, before.get(name, _NOTHING), after.get(name, _NOTHING))
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            yield from _changes(f"{path}.{place}", _at(before, place), _at(after, place))
    elif before is _NOTHING:
        yield Change(path=path, kind="added", before=None, after=after)
    elif after is _NOTHING:
        yield Change(path=path, kind="removed", before=before, after=None)
    elif before != after:
        yield Change(path=path, kind="changed", before=before, after=after)


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else _NOTHING
