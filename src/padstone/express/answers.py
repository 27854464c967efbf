"""What the express lane is asked, and what it says."""

from typing import Any, NamedTuple
from uuid import UUID

from padstone.db import Database
from padstone.errors import AuthError
from padstone.pages import CursorSigner
from padstone.principal import Principal

__all__ = ["Answer", "Asked", "Leave"]


class Leave(Exception):  # noqa: N818  # it is an answer, not a failure
    """This request is the session lane's, which answers it as ever. Nothing was written."""


class Asked(NamedTuple):
    """One request: who, below which parents."""

    database: Database
    signer: CursorSigner
    principal: Principal | None
    path: dict[str, Any]

    @property
    def subject(self) -> UUID:
        """Whose rows may be reached. Raises ``AuthError`` where nobody is signed in."""
        if self.principal is None:
            raise AuthError
        return self.principal.subject


class Answer(NamedTuple):
    """A success."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]
