"""The small system with users, where browsers may sign in too."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
import pytest_asyncio

from padstone.app import create_app
from padstone.auth.cookie_sessions import (
    CookieSessions,
    OpenedCookieSessions,
    cookie_session_routes,
)
from padstone.auth.users import user_routes
from padstone.jobs import Jobs
from padstone.settings import RedisSettings
from padstone.testing.running import run
from padstone.testing.services import TestServices, redis_prefix
from valkeys import PrivateValkey

# Fixtures count where they are imported.
from ..users.conftest import (  # noqa: TID252  # test folders are no packages with a name
    EMAIL,
    PASSWORD,
    Little,
    Mailbox,
    argon2_calls,
    blank_database,
    database,
    describe,
    describe_keys,
    mailbox_server,
    pinned,
    things,
    users_database,
)
from ..users.conftest import Settings as UsersSettings  # noqa: TID252  # the same

__all__ = [
    "EMAIL",
    "PASSWORD",
    "SESSION",
    "SESSIONS",
    "Browser",
    "Process",
    "StartProcess",
    "argon2_calls",
    "blank_database",
    "database",
    "describe_keys",
    "mailbox_server",
    "pinned",
    "users_database",
]

SESSION = "/auth/session"
SESSIONS = "/auth/browser-sessions"


class Settings(UsersSettings, RedisSettings):
    SYSTEM: ClassVar[str] = "little"


@dataclass
class Browser:
    """A browser: it keeps its cookie, and its page knows the token."""

    client: httpx2.AsyncClient
    token: str = ""

    @property
    def cookie(self) -> str:
        """What it shows."""
        return str(self.client.cookies["little_session"])

    async def sign_in(self, password: str = PASSWORD, **headers: str) -> httpx2.Response:
        body = {"email": EMAIL, "password": password}
        answer = await self.client.post(SESSION, json=body, headers=headers)
        if answer.status_code == 200:
            self.token = answer.json()["csrf_token"]
        return answer

    async def get(self, path: str = "/things", **headers: str) -> httpx2.Response:
        return await self.client.get(path, headers=headers)

    async def send(
        self, method: str, path: str, *, token: str | None = None, **body: Any
    ) -> httpx2.Response:
        """A request of the page, with the token."""
        headers = {"X-CSRF-Token": self.token if token is None else token}
        return await self.client.request(method, path, headers=headers, json=body or None)

    async def works(self) -> bool:
        return (await self.get()).status_code == 200


@dataclass
class Process(Little):
    """The small system as one process."""

    stack: AsyncExitStack

    @property
    def sessions(self) -> OpenedCookieSessions:
        opened = self.running.state["sessions"]
        assert isinstance(opened, OpenedCookieSessions)
        return opened

    async def browser(self, *, cookie: str | None = None, **options: Any) -> Browser:
        """A new browser, or one that has the ``cookie`` of another."""
        client = await self.stack.enter_async_context(self.running.client(**options))
        if cookie is not None:
            client.headers["Cookie"] = f"{self.sessions.cookie.name}={cookie}"
        return Browser(client)

    async def signed_in(self, password: str = PASSWORD) -> Browser:
        """A browser that has signed in."""
        browser = await self.browser()
        answer = await browser.sign_in(password)
        assert answer.status_code == 200, answer.text
        return browser

    async def user_id(self) -> Any:
        return await self.scalar("SELECT id FROM users")


StartProcess = Callable[..., Awaitable[Process]]


@pytest.fixture
def settings(
    blank_database: str, mailbox_server: Mailbox, test_services: TestServices, tmp_path: Path
) -> Settings:
    return Settings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        MAIL_URL=f"smtp://127.0.0.1:{mailbox_server.port}",
        MAIL_FROM="Little <little@example.com>",
        REDIS_URL=test_services.redis_url,
        REDIS_PREFIX=redis_prefix(test_services.run) + tmp_path.name,
        # A slow machine is no outage; the tests of outages say otherwise.
        REDIS_TIMEOUT_SECONDS=10,
    )


@pytest_asyncio.fixture
async def start(settings: Settings, mailbox_server: Mailbox) -> AsyncIterator[StartProcess]:
    """Starts the small system, each time as another process would, on the same services."""
    async with AsyncExitStack() as stack:

        async def begin(
            *,
            changes: dict[str, Any] | None = None,
            sessions: CookieSessions | None = None,
            **options: Any,
        ) -> Process:
            own = settings.model_copy(update=changes or {})
            users = describe(**options.pop("describe", {}))
            app = create_app(
                own,
                title="Little",
                version="1.0.0",
                routers=[
                    things,
                    *options.pop("routers", []),
                    user_routes(users),
                    cookie_session_routes(),
                ],
                users=users,
                sessions=sessions or CookieSessions(),
                jobs=Jobs(),
                **options,
            )
            running = await stack.enter_async_context(run(app, own))
            client = await stack.enter_async_context(running.client())
            return Process(running, client, mailbox_server, stack)

        yield begin


@pytest_asyncio.fixture
async def process(start: StartProcess) -> Process:
    """One process, with a user who has registered."""
    started = await start()
    await started.register()
    return started


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[PrivateValkey]:
    """A Valkey of the test's own."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    private = PrivateValkey(folder)
    private.start()
    yield private
    private.stop()
