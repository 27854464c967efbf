"""From an access token to the principal it stands for."""

import time
from collections.abc import Callable
from uuid import UUID

from padstone.auth.credential_cache import Known
from padstone.auth.known_credentials import KnownCredentials
from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.columns import SESSION_CHANNEL, USER_CHANNEL
from padstone.auth.users.users import Users
from padstone.db import Database, Listener, ReadSession
from padstone.errors import AuthError
from padstone.principal import Principal

__all__ = ["UserAuthenticator"]


class UserAuthenticator:
    """Authenticates access tokens; sessions come from memory where they can.

    A revoked session and a changed, suspended or deleted user, in whatever process, is heard of
    within milliseconds; with the listening connection down it is noticed after
    ``cache_seconds_unheard``, with PostgreSQL frozen after 3 seconds.
    """

    def __init__(self, users: Users, access_tokens: AccessTokens, listener: Listener) -> None:
        self.users = users
        self._access_tokens = access_tokens
        self._known = KnownCredentials(users.session_model, self._read, users)
        self._cache = self._known.cache
        self._listener = listener
        listener.subscribe(
            {SESSION_CHANNEL: self._session_changed, USER_CHANNEL: self._user_changed},
            hears=self._known.hears,
        )

    @property
    def is_listening(self) -> bool:
        """Whether changes are heard at once."""
        return self._listener.is_listening

    async def open(self, database: Database) -> None:
        """It waits for nothing."""
        await self._known.open(database)

    async def close(self) -> None:
        """Writes what is left to write."""
        await self._known.close()

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
        self._known.usage.note(said.session_id)
        return known.principal

    def forget(self, session_id: UUID) -> None:
        """For after the commit of a change to the session: no need to wait for the news."""
        self._cache.forget(session_id)

    def forget_user(self, user_id: UUID) -> None:
        """The same for a change to the user."""
        self._cache.forget_owner(user_id)

    async def _read(self, session: ReadSession, session_id: UUID) -> Known | None:
        found = await session.execute(self.users.lookup, {"session_id": session_id})
        row = found.one_or_none()
        if row is None:
            return None
        principal = Principal(
            subject=row.user_id,
            credential=row.id,
            method="jwt",
            scopes=self.users.roles.get(row.role, frozenset()),
        )
        return Known(principal, row.expires_at.timestamp())

    def _session_changed(self, payload: str) -> None:
        self._changed(payload, self.forget)

    def _user_changed(self, payload: str) -> None:
        self._changed(payload, self.forget_user)

    def _changed(self, payload: str, forget: Callable[[UUID], None]) -> None:
        try:
            forget(UUID(payload))
        except ValueError:  # a payload that is not ours to understand: better forget too much
            self._cache.clear()
