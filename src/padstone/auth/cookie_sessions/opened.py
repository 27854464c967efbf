"""What a running application needs for its browser sessions."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection
from starlette.responses import Response

from padstone.auth.cookie_sessions.cookie import SessionCookie
from padstone.auth.cookie_sessions.cookie_sessions import CookieSessions
from padstone.auth.cookie_sessions.csrf import Csrf
from padstone.auth.cookie_sessions.secret import CookieSecret
from padstone.auth.cookie_sessions.session import BrowserSession
from padstone.auth.cookie_sessions.store import SessionStore
from padstone.auth.users import OpenedUsers
from padstone.auth.users.logins import Logins
from padstone.auth.users.sessions import Device
from padstone.errors import AuthError, NotFoundError
from padstone.ids import new_id
from padstone.principal import Principal
from padstone.redis import RedisClient, RedisUnavailableError

__all__ = ["NewSession", "OpenedCookieSessions"]

_log = structlog.get_logger("padstone.auth")


class NewSession(NamedTuple):
    """A session that has just begun, and the text of its cookie."""

    session: BrowserSession
    secret: CookieSecret


class OpenedCookieSessions:
    """A system's ``CookieSessions`` with its users and its Redis.

    ``create_app`` opens it, as ``request.state.sessions``. What asks Redis raises
    ``RedisUnavailableError`` where it does not answer: whoever is signed in stays so, and is told
    to come again.
    """

    def __init__(self, sessions: CookieSessions, users: OpenedUsers, client: RedisClient) -> None:
        self.sessions = sessions
        self.users = users
        self.cookie = SessionCookie(users.settings)
        self.csrf = Csrf(users.settings)
        self._store = SessionStore(client, sessions.idle)
        users.browsers = self

    async def sign_in(self, email: str, password: str, device: Device) -> NewSession:
        """A session of whoever has this address and this password; raises as ``Logins.accept``."""

        async def user_and_generation(session: AsyncSession, user_id: UUID) -> tuple[UUID, int]:
            model = self.users.users.model
            generation = select(model.browser_generation).where(model.id == user_id)
            return user_id, (await session.scalars(generation)).one()

        # Not within the transaction: no connection waits for Redis.
        user_id, generation = await Logins(self.users).accept(email, password, user_and_generation)
        return await self.begin(user_id, generation, device)

    async def begin(self, user_id: UUID, generation: int, device: Device) -> NewSession:
        """A new session, under an id and a secret that nobody has seen before."""
        now = datetime.now(UTC)
        secret = CookieSecret.new(new_id())
        session = BrowserSession(
            id=secret.session_id,
            user_id=user_id,
            generation=generation,
            digest=secret.digest,
            device=device.printable(),
            created_at=now,
            seen_at=now,
            ends_at=now + self.sessions.lifetime,
        )
        if await self._store.add(session) > self.sessions.most:
            for surplus in (await self._store.of_user(user_id, now))[self.sessions.most :]:
                await self._store.remove(user_id, surplus.id)
        return NewSession(session, secret)

    def is_shown(self, connection: HTTPConnection) -> bool:
        """Whether the browser shows a cookie of ours, whatever it is worth."""
        return self.cookie.read(connection) is not None

    async def authenticate(self, connection: HTTPConnection) -> Principal:
        """The principal of the cookie that the browser shows.

        Raises ``AuthError``, in one sentence whatever the cause: no cookie of ours, a session that
        has ended, a suspended or deleted user. Then ``CsrfError``. Raises ``UnavailableError``
        where Redis, or the database that has to be asked, does not answer.
        """
        session = await self._shown(connection)
        if session is None:
            raise AuthError
        principal = await self.users.authenticator.browser(
            session.user_id, session.generation, session.id
        )
        self.csrf.check(connection, session.id)
        now = datetime.now(UTC)
        if now - session.seen_at >= self.sessions.seen:
            await self._store.change(session.seen(now), digest=session.digest)
        return principal

    async def current(self, principal: Principal) -> BrowserSession:
        """The session by which ``principal`` came. Raises ``AuthError`` where it ended just now."""
        found = await self._store.find(principal.credential, datetime.now(UTC))
        if found is None:
            raise AuthError
        return found

    async def of_user(self, user_id: UUID, generation: int) -> list[BrowserSession]:
        """The living sessions of a user, the latest seen first."""
        found = await self._store.of_user(user_id, datetime.now(UTC))
        return [session for session in found if session.generation == generation]

    async def end(self, principal: Principal) -> None:
        """Ends the session by which ``principal`` came."""
        await self._store.remove(principal.subject, principal.credential)

    async def end_one(self, user_id: UUID, session_id: UUID) -> None:
        """Ends one session of the user. Raises ``NotFoundError`` where it has none of this id."""
        found = await self._store.find(session_id, datetime.now(UTC))
        if found is None or found.user_id != user_id:
            raise NotFoundError("There is no such session.")
        await self._store.remove(user_id, session_id)

    async def end_shown(self, connection: HTTPConnection) -> None:
        """Ends the session whose cookie the browser shows, where that is good."""
        session = await self._shown(connection)
        if session is not None:
            await self._store.remove(session.user_id, session.id)

    async def renew(self, principal: Principal, generation: int, response: Response) -> None:
        """Gives the principal's own session a new secret and the new ``generation``.

        For after a commit that ended all others. Where Redis does not answer this one has ended
        too: what was committed is true, and must not be reported as a failure.
        """
        try:
            await self._renew(principal, generation, response)
        except RedisUnavailableError:
            _log.warning("browser session not renewed; it has ended", actor=principal.actor)

    async def _renew(self, principal: Principal, generation: int, response: Response) -> None:
        session = await self.current(principal)
        secret = CookieSecret.new(session.id)
        now = datetime.now(UTC)
        renewed = replace(session.seen(now), generation=generation, digest=secret.digest)
        if await self._store.change(renewed, digest=session.digest):
            self.cookie.set(response, secret.text, lifetime=session.ends_at - now)

    async def _shown(self, connection: HTTPConnection) -> BrowserSession | None:
        secret = CookieSecret.parse(self.cookie.read(connection) or "")
        if secret is None:
            return None
        session = await self._store.find(secret.session_id, datetime.now(UTC))
        return session if session is not None and secret.fits(session.digest) else None
