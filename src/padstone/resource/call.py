"""One call of an operation: who, in which transaction, under which parents."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from padstone.auth import PrincipalDep
from padstone.db import ReadSessionDep, SessionDep
from padstone.errors import AuthError
from padstone.principal import Principal
from padstone.settings import Settings
from padstone.state import opened

__all__ = ["Call", "CallDep", "ReadCallDep", "settings_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operation works with.

    ``path`` holds the ids of the parents that the path names, by parameter. ``parent`` is the row
    above, loaded where an operation makes rows under it.
    """

    session: AsyncSession
    principal: Principal | None = None
    settings: Settings | None = None
    path: Mapping[str, Any] = field(default_factory=dict)
    parent: Any = None

    @property
    def subject(self) -> UUID:
        """Whose rows may be reached. Raises ``AuthError`` where nobody is signed in."""
        if self.principal is None:
            raise AuthError
        return self.principal.subject

    def under(self, **path: Any) -> "Call":
        """The same call below other parents: ``call.under(resume_id=resume.id)``."""
        return replace(self, path={**self.path, **path}, parent=None)

    def below(self, parent: Any) -> "Call":
        """The same call with its parent's row."""
        return replace(self, parent=parent)


def settings_of(connection: HTTPConnection) -> Settings:
    """The application's settings. ``UnavailableError`` where it has not started."""
    return opened(connection, "settings", Settings)


async def _call(connection: HTTPConnection, principal: PrincipalDep, session: SessionDep) -> Call:
    return Call(session=session, principal=principal, settings=settings_of(connection))


async def _read_call(
    connection: HTTPConnection, principal: PrincipalDep, session: ReadSessionDep
) -> Call:
    return Call(session=session, principal=principal, settings=settings_of(connection))


CallDep = Annotated[Call, Depends(_call)]
"""For an ordinary route: whoever is signed in, in the request's transaction."""

ReadCallDep = Annotated[Call, Depends(_read_call)]
"""The same, for a route that only reads."""
