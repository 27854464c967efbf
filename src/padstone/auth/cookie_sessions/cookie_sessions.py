"""What a system says about its browser sessions."""

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["CookieSessions"]


@dataclass(frozen=True, slots=True)
class CookieSessions:
    """How long a browser stays signed in.

    A session ends when it was not used for ``idle``, and after ``lifetime`` in any case. When it
    was last seen is written once in ``seen`` at most, so it may end that much early. A user has
    ``most`` at a time: one more ends the one that was not seen for longest.
    """

    idle: timedelta = timedelta(days=7)
    lifetime: timedelta = timedelta(days=30)
    seen: timedelta = timedelta(seconds=10)
    most: int = 100

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.seen < self.idle <= self.lifetime:
            raise ValueError("seen must be shorter than idle, and idle no longer than lifetime")
        if self.most < 1:
            raise ValueError("most must be at least 1")
