"""What a running application needs for its users, put together once."""

from datetime import timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.attempts import Attempts, Limit
from padstone.auth.users.authenticator import UserAuthenticator
from padstone.auth.users.errors import TooManyAttemptsError, WrongPasswordError
from padstone.auth.users.letters import Letters
from padstone.auth.users.link_token import LinkTokens
from padstone.auth.users.passwords import Passwords
from padstone.auth.users.post import Post
from padstone.auth.users.refresh_token import RefreshTokens
from padstone.auth.users.rows import user_by_id
from padstone.auth.users.users import Users
from padstone.db import Database, Listener
from padstone.errors import AuthError
from padstone.principal import Principal
from padstone.settings import UserSettings

__all__ = ["Browsers", "OpenedUsers"]


class Browsers(Protocol):
    """Browser sessions, where the application has them: ``padstone.auth.cookie_sessions``."""

    async def end(self, principal: Principal) -> None:
        """Ends the session by which ``principal`` came."""

    async def renew(self, principal: Principal, generation: int, response: Response) -> None:
        """Lets that session live on, with a new secret, when all of former generations end."""


class OpenedUsers:
    """A system's ``Users`` with the keys, the threads and the memory of one process.

    ``create_app`` opens it, as ``request.state.users``. ``post`` is how users are mailed, ``site``
    what the system is called in mails, and ``pages`` the address of its own pages, where
    PUBLIC_URL names no other.
    """

    def __init__(
        self,
        users: Users,
        settings: UserSettings,
        listener: Listener,
        *,
        post: Post,
        site: str,
        pages: str,
    ) -> None:
        self.users = users
        self.settings = settings
        self.post = post
        self.access_tokens = AccessTokens(settings)
        self.refresh_tokens = RefreshTokens(settings)
        self.link_tokens = LinkTokens(settings)
        self.letters = Letters(site, settings.PUBLIC_URL or pages, self.link_tokens)
        self.passwords = Passwords(settings)
        self.attempts = Attempts(users, settings)
        self.authenticator = UserAuthenticator(users, self.access_tokens, listener)
        self.browsers: Browsers | None = None
        self._login_limit = Limit(
            "login", settings.LOGIN_ATTEMPTS, timedelta(seconds=settings.LOGIN_WINDOW_SECONDS)
        )

    async def open(self, database: Database) -> None:
        """It waits for nothing."""
        self.database = database
        await self.authenticator.open(database)

    async def close(self) -> None:
        """Writes what is left to write."""
        await self.authenticator.close()

    async def authenticate(self, token: str) -> Principal:
        """The principal of an access token; see ``UserAuthenticator``."""
        return await self.authenticator.authenticate(token)

    async def confirm(self, principal: Principal, password: str) -> None:
        """For what cannot be undone: whether whoever is calling knows the password too.

        It is counted like a log-in, so that a stolen token or cookie is no way to guess it, in
        transactions of its own. Raises ``WrongPasswordError``, ``TooManyAttemptsError``, and
        ``AuthError`` where the principal is no user, or no longer.
        """
        async with self.database.read_session() as reading:
            user = await user_by_id(reading, self.users, principal.subject)
        if user is None:
            raise AuthError
        await self.count_login(user.email)
        if not (await self.passwords.verify(password, user.password_hash)).is_right:
            raise WrongPasswordError
        async with self.database.session() as session:
            await self.forget_logins(session, user.email)

    async def count_login(self, email: str) -> None:
        """To be called before any password of ``email`` is looked at, in no transaction.

        Raises ``TooManyAttemptsError``.
        """
        wait = await self.attempts.count(self.database, self._login_limit, email)
        if wait is not None:
            raise TooManyAttemptsError(retry_after=wait)

    async def forget_logins(self, session: AsyncSession, email: str) -> None:
        """Forgets the passwords that were tried, in the caller's transaction."""
        await self.attempts.reset(session, self._login_limit, email)
