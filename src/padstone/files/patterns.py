"""Which files an upload leaves out."""

import re
from collections.abc import Sequence
from fnmatch import translate

__all__ = ["Patterns"]

_ANY_FOLDERS = "**"


class Patterns:
    """Patterns of paths, as people know them: ``*.pyc``, ``node_modules/**``, ``/docs/*.pdf``.

    ``*`` and ``?`` stand for letters of one name, ``[ab]`` for one of several, ``**`` for any
    number of folders. A pattern holds at any depth, unless it begins with ``/``, and a folder that
    is left out takes along what is in it. Upper and lower case differ.

    Looking takes time in proportion to path and pattern, whatever a stranger writes.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._patterns = [_Pattern(text) for text in texts if text.strip("/ ")]

    def match(self, path: str) -> bool:
        """Whether one of them means ``path``, or a folder around it."""
        parts = path.split("/")
        return any(pattern.match(parts) for pattern in self._patterns)


class _Pattern:
    def __init__(self, text: str) -> None:
        names = [name for name in text.strip().split("/") if name]
        # What is below a folder goes with it, so that this says nothing new.
        while len(names) > 1 and names[-1] == _ANY_FOLDERS:
            names.pop()
        if not text.strip().startswith("/"):
            names.insert(0, _ANY_FOLDERS)
        self._names = [
            None if name == _ANY_FOLDERS else re.compile(translate(name)) for name in names
        ]

    def match(self, parts: list[str]) -> bool:
        """Whether the pattern means a beginning of the path.

        ``reached`` are the places in the pattern at which one may stand after some parts.
        """
        reached = self._skipping({0})
        for part in parts:
            following: set[int] = set()
            for place in reached - {len(self._names)}:
                name = self._names[place]
                if name is None:
                    following.add(place)
                elif name.match(part):
                    following.add(place + 1)
            reached = self._skipping(following)
            if len(self._names) in reached:
                return True
        return False

    def _skipping(self, places: set[int]) -> set[int]:
        """And where one may stand by letting ``**`` be no folder at all."""
        for place in sorted(places):
            at = place
            while at < len(self._names) and self._names[at] is None:
                at += 1
                places.add(at)
        return places
