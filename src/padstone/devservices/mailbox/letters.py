"""The mails of a store, as people and machines ask for them."""

from padstone.devservices.mailbox.letter import Letter, Summary
from padstone.devservices.mailbox.store import Store, box_of

__all__ = ["Letters"]

_LISTED = 200


class Letters:
    """Reads mails. What a list shows of one is read once, since a page asks for hundreds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[str, Summary] = {}

    @property
    def boxes(self) -> list[str]:
        """The boxes in which there is a mail, in order."""
        return sorted({box_of(name) for name in self.store.newest_first()})

    def read(self, name: str) -> Letter | None:
        """One mail; ``None`` where there is none of this name."""
        content = self.store.read(name)
        return None if content is None else Letter(name, content)

    def newest_first(self, *, after: str = "", box: str = "", to: str = "") -> list[Summary]:
        """The newest two hundred: that came after another one, for a box, or to an address."""
        names = self.store.newest_first(after=after, box=box)
        found: list[Summary] = []
        for name in names:
            summary = self._summary(name)
            if summary is not None and (not to or to.lower() in map(str.lower, summary.to)):
                found.append(summary)
            if len(found) == _LISTED:
                break
        return found

    def _summary(self, name: str) -> Summary | None:
        known = self._known.get(name)
        if known is None and (letter := self.read(name)) is not None:
            known = letter.summary
            # The oldest, which the store may have dropped by now, make room.
            while len(self._known) >= self.store.kept:
                self._known.pop(next(iter(self._known)), None)
            self._known[name] = known
        return known
