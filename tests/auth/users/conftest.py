"""A small system with users: its tables on a database of the test's own, and its application."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from typing import Annotated, Any, ClassVar
from uuid import UUID

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope
from fastapi import APIRouter
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.app import Application, create_app
from padstone.auth import CHANNEL, KEY_COLUMNS, ApiKeyColumns, ApiKeys, Requires
from padstone.auth.users import (
    SESSION_CHANNEL,
    SESSION_COLUMNS,
    USER_CHANNEL,
    USER_COLUMNS,
    LoginAttemptColumns,
    OpenedUsers,
    UserColumns,
    UserRegister,
    Users,
    UserSessionColumns,
    user_routes,
)
from padstone.db import Database
from padstone.jobs import Jobs, run_waiting
from padstone.migrations import job_tables
from padstone.migrations.triggers import notify_sql, triggers_sql
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)
from padstone.principal import Principal
from padstone.settings import DatabaseSettings, JobSettings, MailSettings, UserSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.running import Running, run

PASSWORD = "correct donkey battery"
EMAIL = "someone@example.com"
ROLES = {"buyer": ["things:read"], "manager": ["things:read", "things:write"]}


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class User(Identified, UserColumns, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "users"

    full_name: Mapped[str | None]


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    __tablename__ = "login_attempts"


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class Settings(DatabaseSettings, UserSettings, JobSettings, MailSettings):
    SYSTEM: ClassVar[str] = "little"


class Registration(UserRegister):
    """Registering, with a field of the system's own."""

    full_name: str | None = None


def describe(**options: Any) -> Users:
    values: dict[str, Any] = {
        "model": User,
        "session_model": UserSession,
        "attempt_model": LoginAttempt,
        "roles": ROLES,
        "default_role": "buyer",
    }
    return Users(**values | options)


def describe_keys() -> ApiKeys:
    return ApiKeys(
        model=ApiKey,
        owner=User,
        owner_column="user_id",
        is_active=User.suspended_at.is_(None),
        scopes=["things:read", "things:write"],
    )


things = APIRouter()


@things.get("/things")
async def read_things(principal: Annotated[Principal, Requires("things:read")]) -> str:
    return principal.actor


@things.post("/things")
async def write_things(principal: Annotated[Principal, Requires("things:write")]) -> str:
    return principal.actor


def make_application(settings: Settings, **options: Any) -> Application:
    users = options.pop("users", None) or describe(**options.pop("describe", {}))
    return create_app(
        settings,
        title="Little",
        version="1.0.0",
        routers=[things, user_routes(users, register=Registration)],
        users=users,
        jobs=Jobs(),
        **options,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def users_database(database_factory: DatabaseFactory) -> AsyncIterator[str]:
    """The URL of a database that has the tables, for all tests of this process in turn."""
    async with database_factory.blank() as url:
        database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for statement in (
                *triggers_sql(Base.metadata),
                *notify_sql("user_sessions", SESSION_CHANNEL, "id", on=SESSION_COLUMNS),
                *notify_sql("users", USER_CHANNEL, "id", on=USER_COLUMNS),
                *notify_sql("api_keys", CHANNEL, "key_hash", on=KEY_COLUMNS),
            ):
                await connection.execute(text(statement))
            for statement in job_tables.upgrade_sql():
                await connection.exec_driver_sql(statement)
        await database.close()
        yield url


@pytest_asyncio.fixture
async def blank_database(users_database: str) -> str:
    """The URL of a database with the tables, and no rows."""
    # To delete is a fraction of what a database for each test costs. Commits are real either way.
    connection = await asyncpg.connect(users_database.replace("+asyncpg", ""))
    try:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(f"DELETE FROM {table.name}")  # noqa: S608  # our own names
        jobs = await connection.fetch(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'pgqueuer'"
        )
        for (name,) in jobs:
            await connection.execute(f"DELETE FROM pgqueuer.{name}")  # noqa: S608
    finally:
        await connection.close()
    return users_database


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    opened = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    yield opened
    await opened.close()


@dataclass
class Mailbox:
    """A mail server that keeps what it gets."""

    mails: list[EmailMessage] = field(default_factory=list)
    port: int = 0
    is_away: bool = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.is_away:
            return "451 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest_asyncio.fixture
async def mailbox_server() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


@pytest.fixture
def settings(blank_database: str, mailbox_server: Mailbox) -> Settings:
    return Settings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        MAIL_URL=f"smtp://127.0.0.1:{mailbox_server.port}",
        MAIL_FROM="Little <little@example.com>",
    )


@dataclass
class Little:
    """The small system, running as one process would."""

    running: Running
    client: httpx2.AsyncClient
    mailbox: Mailbox

    @property
    def opened(self) -> OpenedUsers:
        opened = self.running.state["users"]
        assert isinstance(opened, OpenedUsers)
        return opened

    @property
    def database(self) -> Database:
        database = self.running.state["database"]
        assert isinstance(database, Database)
        return database

    async def post(self, path: str, by: str | None = None, **body: Any) -> httpx2.Response:
        return await self.client.post(f"/auth/{path}", json=body, headers=bearer(by))

    async def get(self, path: str, by: str | None = None) -> httpx2.Response:
        return await self.client.get(path, headers=bearer(by))

    async def mailed(self) -> list[EmailMessage]:
        """Lets the worker's part happen; the mails that it sent."""
        jobs = self.running.app.plan.jobs
        assert jobs is not None
        before = len(self.mailbox.mails)
        await run_waiting(jobs, self.running.state)
        return self.mailbox.mails[before:]

    async def link_token(self) -> str:
        """The token of the link in the one mail that waits."""
        [mail] = await self.mailed()
        return token_in(mail)

    async def register(self, email: str = EMAIL, password: str = PASSWORD) -> None:
        """A user who has registered and verified the address."""
        answer = await self.post("register", email=email, password=password)
        assert answer.status_code == 202, answer.text
        answer = await self.post("verify-email", token=await self.link_token())
        assert answer.status_code == 204, answer.text

    async def login(self, email: str = EMAIL, password: str = PASSWORD) -> dict[str, Any]:
        """The tokens of a new session."""
        answer = await self.post("login", email=email, password=password)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def scalar(self, statement: str, **values: Any) -> Any:
        async with self.database.engine.connect() as connection:
            return await connection.scalar(text(statement), values)


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def token_in(mail: EmailMessage) -> str:
    return token_of(mail.get_content())


def token_of(letter: str) -> str:
    found = re.search(r"#token=(\S+)", letter)
    assert found, letter
    return found.group(1)


StartLittle = Callable[..., Awaitable[Little]]


@pytest_asyncio.fixture
async def start(settings: Settings, mailbox_server: Mailbox) -> AsyncIterator[StartLittle]:
    """Starts the small system, each time as another process would, on the same database."""
    async with AsyncExitStack() as stack:

        async def begin(*, changes: dict[str, Any] | None = None, **options: Any) -> Little:
            own = settings.model_copy(update=changes or {})
            app = make_application(own, **options)
            running = await stack.enter_async_context(run(app, own))
            client = await stack.enter_async_context(running.client())
            return Little(running, client, mailbox_server)

        yield begin


@pytest_asyncio.fixture
async def little(start: StartLittle) -> Little:
    return await start()


@asynccontextmanager
async def pinned(little: Little) -> AsyncIterator[None]:
    """What the plugin does for a test that is rolled back."""
    async with little.database.engine.connect() as connection, little.database.pinned(connection):
        yield
        await connection.rollback()


@pytest.fixture
def argon2_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is hashed and verified, as it happens."""
    calls: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(Argon2Hasher, name)

        def counted(*args: Any, _name: str = name, _real: Any = real, **options: Any) -> Any:
            calls.append(_name)
            return _real(*args, **options)

        monkeypatch.setattr(Argon2Hasher, name, counted)
    return calls
