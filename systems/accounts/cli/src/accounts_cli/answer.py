"""A JSON object that the server answered, read member by member and checked while it is read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from accounts_cli.errors import UnexpectedAnswerError

__all__ = ["Answer"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """``members`` is the object as it came, ``url`` who answered it.

    Each reading method raises ``UnexpectedAnswerError`` where the member is missing or of another
    type. What is never read may change without this program noticing.
    """

    url: str
    members: dict[str, Any]

    def text(self, name: str) -> str:
        """A text."""
        return self._typed(name, str)

    def integer(self, name: str) -> int:
        """A whole number; ``true`` is none, though Python thinks so."""
        if isinstance(self.members.get(name), bool):
            raise self._unexpected(name)
        return self._typed(name, int)

    def moment(self, name: str) -> datetime | None:
        """A time with its zone, or null."""
        if name in self.members and self.members[name] is None:
            return None
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._unexpected(name) from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        found = self._typed(name, list)
        if not all(isinstance(item, str) for item in found):
            raise self._unexpected(name)
        return found

    def objects(self, name: str) -> "list[Answer]":
        """A list of objects."""
        found = self._typed(name, list)
        if not all(isinstance(item, dict) for item in found):
            raise self._unexpected(name)
        return [Answer(self.url, item) for item in found]

    def _typed(self, name: str, wanted: type[T]) -> T:
        found = self.members.get(name)
        if not isinstance(found, wanted):
            raise self._unexpected(name)
        return found

    def _unexpected(self, name: str) -> UnexpectedAnswerError:
        return UnexpectedAnswerError(self.url, f"its JSON has no usable {name!r}")
