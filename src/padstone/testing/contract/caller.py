"""Somebody who calls, and whoever makes such callers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from padstone.auth.cookie_sessions import CSRF_HEADER

__all__ = ["Browser", "Caller", "Callers", "bearer"]


@dataclass(frozen=True, eq=False)
class Caller:
    """Somebody whose credentials are good.

    ``subject`` is whose rows may be reached, ``secret`` what stands in the headers.
    """

    subject: UUID
    secret: str = field(repr=False)
    scopes: frozenset[str]

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request of theirs."""
        return bearer(self.secret)


@dataclass(frozen=True, eq=False)
class Browser(Caller):
    """Somebody who signed in by cookie; without ``csrf_token`` somebody whom another site uses."""

    cookie: str
    csrf_token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The cookie, and the token where there is one."""
        token = {CSRF_HEADER: self.csrf_token} if self.csrf_token else {}
        return {"Cookie": f"{self.cookie}={self.secret}", **token}


class Callers(Protocol):
    """Makes callers, each of them new."""

    async def able(self, scopes: Collection[str]) -> Caller:
        """One who may do what ``scopes`` allow, and as little else as can be."""

    async def lacking(self, scopes: Collection[str]) -> Mapping[str, Caller]:
        """Those who lack some of ``scopes``, by what they are."""

    async def mightiest(self) -> Caller:
        """One who may do the most."""

    async def browser(self, scopes: Collection[str]) -> Browser | None:
        """The same as ``able`` by cookie; ``None`` where nobody signs in so."""

    async def session(self, caller: Caller) -> str:
        """The id of another session of ``caller``, where callers sign in."""

    async def browser_session(self, caller: Caller) -> str:
        """The id of another browser session of ``caller``, where browsers sign in."""

    async def refused(self) -> Mapping[str, Mapping[str, str]]:
        """Headers with secrets that are good for nothing, by what is wrong with them."""


def bearer(secret: str) -> dict[str, str]:
    """The header that shows ``secret``."""
    return {"Authorization": f"Bearer {secret}"}
