"""Secrets that no key opens: how many, and where the first ones are."""

from dataclasses import dataclass, field

from padstone.crypto.errors import EncryptionError
from padstone.crypto.place import Place

__all__ = ["Unopened"]

_MOST_NAMED = 100


@dataclass(slots=True)
class Unopened:
    """``count`` is right however many there are; ``named`` are the first hundred, with the reason.

    There is no value in it, and none of a key's.
    """

    count: int = 0
    named: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, error: EncryptionError) -> None:
        """Takes one more into account."""
        self.count += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append((place, error.reason))
