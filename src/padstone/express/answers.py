"""What the express lane is asked, and what it says."""

from typing import Any, NamedTuple, Protocol
from uuid import UUID

from starlette.types import Scope

from padstone.db import Database
from padstone.errors import AuthError
from padstone.express.body import Body
from padstone.express.leave import Leave
from padstone.pages import CursorSigner
from padstone.principal import Principal
from padstone.resource import Declaration

__all__ = ["Answer", "Asked", "Leave", "Work"]


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


class Work(Protocol):
    """One operation, compiled.

    ``ids`` are the declarations of the rows that the path names, and ``named`` is the one of them
    that may be named by its text, too. ``writes`` says that it must not be done twice.
    """

    ids: tuple[Declaration, ...]
    named: Declaration | None
    writes: bool

    async def prepare(self, scope: Scope, body: Body) -> Any:
        """What comes before the question who is calling, as in FastAPI. Raises ``Leave``."""

    async def answer(self, asked: Asked, scope: Scope, prepared: Any) -> "Answer":
        """The answer. Raises ``Leave``, errors of ours, and what the database raises."""


class Answer(NamedTuple):
    """A success. ``body`` is ``None`` where there is to be none."""

    status: int
    body: bytes | None
    headers: list[tuple[bytes, bytes]]
