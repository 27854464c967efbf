"""Who is calling: a plain value that every room above may read."""

from dataclasses import dataclass, field
from uuid import UUID

__all__ = ["Principal"]


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller.

    ``subject`` is whose data may be reached (an account or a user), ``credential`` what was shown
    to prove it (a key, a session), ``method`` how ("api_key", "session", "jwt"). It holds identity
    and permissions only: never a balance or a counter, since it is cached.
    """

    subject: UUID
    credential: UUID
    method: str
    scopes: frozenset[str] = field(default_factory=frozenset)

    @property
    def actor(self) -> str:
        """The form in which the caller appears in log lines."""
        return f"{self.method}:{self.credential}"
