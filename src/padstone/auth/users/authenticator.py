"""From an access token, or a browser's session, to the principal that it stands for."""

import math
import time
from typing import NamedTuple
from uuid import UUID

from padstone.auth.credential_cache import Known
from padstone.auth.known_credentials import KnownCredentials
from padstone.auth.remembering import RememberingAuthenticator
from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.columns import SESSION_CHANNEL, USER_CHANNEL
from padstone.auth.users.users import Users
from padstone.db import Listener, ReadSession
from padstone.errors import AuthError
from padstone.principal import Principal

__all__ = ["UserAuthenticator"]


class _Browser(NamedTuple):
    """What all browser sessions of a user have in common, until all of them are ended."""

    user_id: UUID
    generation: int


class UserAuthenticator(RememberingAuthenticator):
    """Authenticates access tokens and browser sessions, from memory where it can.

    A revoked session and a changed, suspended or deleted user, in whatever process, is heard of
    within milliseconds; with the listening connection down it is noticed after
    ``cache_seconds_unheard``, with PostgreSQL frozen after 3 seconds.
    """

    def __init__(self, users: Users, access_tokens: AccessTokens, listener: Listener) -> None:
        self.users = users
        self._access_tokens = access_tokens
        self._known = KnownCredentials(self._read, users, used=users.session_model)
        self._browsers = KnownCredentials(self._read_browser, users)
        self._cache = self._known.cache
        channels = {SESSION_CHANNEL: self._session_changed, USER_CHANNEL: self._user_changed}
        super().__init__(listener, channels, self._known, self._browsers)

    async def authenticate(self, token: str) -> Principal:
        """The principal of the access token ``token``.

        Raises ``AuthError``, in one sentence whatever the cause: a token that is not ours or has
        expired, an ended session, a suspended or deleted user. Raises ``UnavailableError`` where
        the database has to be asked and does not answer.
        """
        said = self._access_tokens.read(token)
        if said is None:
            raise AuthError
        known = await self._known.find(said.session_id)
        if known is not None and known.expires_at <= time.time():
            # It may have been refreshed since, of which nobody tells.
            self._cache.forget(said.session_id)
            known = await self._known.find(said.session_id)
        if known is None or known.principal.subject != said.user_id:
            raise AuthError
        self._known.note(said.session_id)
        return known.principal

    async def browser(self, user_id: UUID, generation: int, session_id: UUID) -> Principal:
        """The principal of a user's browser session of this generation.

        Whether that session lives is known elsewhere. Raises ``AuthError`` where all of the
        generation were ended, and where the user is suspended or deleted; and ``UnavailableError``.
        """
        known = await self._browsers.find(_Browser(user_id, generation))
        if known is None:
            raise AuthError
        return Principal(user_id, session_id, "session", known.principal.scopes)

    def forget(self, session_id: UUID) -> None:
        """For after the commit of a change to the session: no need to wait for the news."""
        self._cache.forget(session_id)

    def forget_user(self, user_id: UUID) -> None:
        """The same for a change to the user."""
        self._cache.forget_owner(user_id)
        self._browsers.cache.forget_owner(user_id)

    async def _read(self, session: ReadSession, session_id: UUID) -> Known | None:
        found = await session.execute(self.users.lookup, {"session_id": session_id})
        row = found.one_or_none()
        if row is None:
            return None
        principal = Principal(row.user_id, row.id, "jwt", self._scopes(row.role))
        return Known(principal, row.expires_at.timestamp())

    async def _read_browser(self, session: ReadSession, browser: _Browser) -> Known | None:
        found = await session.execute(self.users.browser_lookup, browser._asdict())
        row = found.one_or_none()
        if row is None:
            return None
        return Known(Principal(row.id, row.id, "session", self._scopes(row.role)), math.inf)

    def _scopes(self, role: str) -> frozenset[str]:
        return self.users.roles.get(role, frozenset())

    def _session_changed(self, payload: str) -> None:
        with self._known.understanding():
            self._known.cache.forget(UUID(payload))

    def _user_changed(self, payload: str) -> None:
        for known in (self._known, self._browsers):
            with known.understanding():
                known.cache.forget_owner(UUID(payload))
