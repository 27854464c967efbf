"""What a running application needs for its users, put together once."""

from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.attempts import Attempts
from padstone.auth.users.authenticator import UserAuthenticator
from padstone.auth.users.letters import Letters
from padstone.auth.users.link_token import LinkTokens
from padstone.auth.users.passwords import Passwords
from padstone.auth.users.post import Post
from padstone.auth.users.refresh_token import RefreshTokens
from padstone.auth.users.users import Users
from padstone.db import Database, Listener
from padstone.principal import Principal
from padstone.settings import UserSettings

__all__ = ["OpenedUsers"]


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
