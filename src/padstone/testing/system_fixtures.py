"""Fixtures for the tests of a system. See ``padstone.testing`` for what they are for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from padstone.testing.named import named, named_app

if TYPE_CHECKING:
    import httpx2
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession

    from padstone.db import Database
    from padstone.jobs import Result
    from padstone.settings import Settings
    from padstone.testing.databases import DatabaseFactory
    from padstone.testing.queries import QueryCounter
    from padstone.testing.running import Running
    from padstone.testing.servers import ServerProcess
    from padstone.testing.services import TestServices

    StartServers = Callable[..., Awaitable[list[ServerProcess]]]
    RunJobs = Callable[..., Awaitable[list[Result]]]

__all__ = [
    "app",
    "client",
    "cloned_settings",
    "committed_running",
    "environment_of",
    "queries",
    "rolled_back_running",
    "run_jobs",
    "running",
    "server",
    "session",
    "shared_running",
    "system_folder",
    "system_settings",
    "template",
]


@pytest.fixture(scope="session")
def app(pytestconfig: pytest.Config) -> FastAPI:
    """The application under test: what the ini option ``padstone_app`` names."""
    return named_app(pytestconfig)


@pytest.fixture(scope="session")
def system_settings(app: FastAPI, pytestconfig: pytest.Config) -> Settings:
    """The settings of the application: its own, or what the ini option ``padstone_settings`` names
    where ``create_app`` has not made it.
    """
    from padstone.app import Application
    from padstone.settings import Settings

    if isinstance(app, Application):
        return app.settings
    return named(pytestconfig, "padstone_settings", Settings)


@pytest.fixture(scope="session")
def system_folder(system_settings: Settings) -> Path:
    """The system's folder, in which its alembic.ini is."""
    from padstone import migrations

    return migrations.folder_of(system_settings)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(
    system_settings: Settings,
    system_folder: Path,
    database_factory: DatabaseFactory,
    test_services: TestServices,
) -> str:
    """The name of the migrated database that others are cloned from."""
    from padstone import migrations
    from padstone.settings import DatabaseSettings

    def migrate(url: str) -> None:
        settings = _with_services(system_settings, test_services, url)
        assert isinstance(settings, DatabaseSettings)  # noqa: S101  # it was given a database
        migrations.upgrade(settings)

    return await database_factory.template(system_settings.SYSTEM, system_folder, migrate)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_running(
    app: FastAPI,
    system_settings: Settings,
    template: str,
    database_factory: DatabaseFactory,
    test_services: TestServices,
) -> AsyncIterator[Running]:
    """The application on this process's own database, started once for all tests that roll back."""
    from padstone.testing.running import run

    async with (
        database_factory.clone(template) as url,
        run(app, _with_services(system_settings, test_services, url)) as running,
    ):
        yield running


@pytest_asyncio.fixture
async def cloned_settings(
    system_settings: Settings,
    template: str,
    database_factory: DatabaseFactory,
    test_services: TestServices,
) -> AsyncIterator[Settings]:
    """Settings that name a migrated database of the test's own."""
    async with database_factory.clone(template) as url:
        yield _with_services(system_settings, test_services, url)


@pytest_asyncio.fixture
async def committed_running(app: FastAPI, cloned_settings: Settings) -> AsyncIterator[Running]:
    """The application on a database of the test's own, in which commits are real."""
    from padstone.testing.running import run

    async with run(app, cloned_settings) as started:
        yield started


@pytest_asyncio.fixture
async def rolled_back_running(shared_running: Running) -> AsyncIterator[Running]:
    """The application inside one transaction that is undone after the test."""
    opened: Database = shared_running.state["database"]
    async with opened.engine.connect() as connection:
        transaction = await connection.begin()
        async with opened.pinned(connection):
            with _own_keys(shared_running):
                yield shared_running
        await transaction.rollback()


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Running:
    """The started application, in the isolation that the test asks for."""
    committed = request.node.get_closest_marker("committed") is not None
    name = "committed_running" if committed else "rolled_back_running"
    started: Running = request.getfixturevalue(name)
    return started


@pytest_asyncio.fixture
async def client(running: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """An HTTP client on the application."""
    async with running.client() as client:
        yield client


@pytest_asyncio.fixture
async def session(running: Running) -> AsyncIterator[AsyncSession]:
    """A session on the test's database. Commit what a request is to see in a committed test."""
    from padstone.db.sessions import WriteSession

    opened: Database = running.state["database"]
    pinned = opened.pinned_connection
    options: dict[str, Any] = {"bind": opened.engine}
    if pinned is not None:
        options = {"bind": pinned, "join_transaction_mode": "create_savepoint"}
    async with WriteSession(expire_on_commit=False, **options) as opened_session:
        yield opened_session


@pytest.fixture
def queries(running: Running) -> QueryCounter:
    """Counts the statements that the application sends."""
    from padstone.testing.queries import QueryCounter

    return QueryCounter(running.state["database"].engine.sync_engine)


@pytest.fixture
def run_jobs(running: Running) -> RunJobs:
    """Runs the jobs that wait, and those which they enqueue, in the test's own isolation.

    ``await run_jobs()`` raises the first failure, or gives what came of each job; with
    ``raises=False`` it goes on after one. What was put off, and what is to be tried again, waits
    on; ``delayed=True`` runs it at once.
    """
    from padstone.jobs import run_waiting

    async def run(*, delayed: bool = False, raises: bool = True) -> list[Result]:
        jobs = running.application.plan.jobs
        if jobs is None:
            raise pytest.UsageError("this application has no jobs: its create_app names none")
        return await run_waiting(jobs, running.state, delayed=delayed, raises=raises)

    return run


@pytest_asyncio.fixture
async def server(
    cloned_settings: Settings, system_folder: Path, tmp_path: Path
) -> AsyncIterator[StartServers]:
    """Starts server processes on the test's own database; they end with the test."""
    from padstone.testing.servers import ServerProcess

    started: list[ServerProcess] = []

    async def start(processes: int = 1, **environment: str) -> list[ServerProcess]:
        own = {**environment_of(cloned_settings), **environment}
        new = [
            ServerProcess(system_folder, own, tmp_path / f"server-{len(started) + number}.log")
            for number in range(processes)
        ]
        for process in new:
            process.start()
            started.append(process)
        for process in new:
            await process.ready("/health/live")
        return new

    yield start
    # Each is stopped, also where another one does not want to.
    for result in await asyncio.gather(*(one.stop() for one in started), return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


@contextmanager
def _own_keys(running: Running) -> Iterator[None]:
    """A part of Redis for one test, so that none finds what another has left there or counted."""
    import secrets

    if (limiter := running.state.get("limiter")) is not None:
        limiter.forget()
    if (redis := running.state.get("redis")) is None:
        yield
        return
    with redis.prefixed(secrets.token_hex(8)):
        yield


def _with_services(settings: Settings, services: TestServices, url: str) -> Settings:
    import secrets

    from padstone.settings import MailSettings
    from padstone.testing.services import bucket_name, redis_prefix

    values = {
        "DATABASE_URL": url,
        "DATABASE_POOL_MIN_SIZE": 1,
        # A client in this process gets an answer when that is whole, and not before.
        "STREAM_MAX_SECONDS": 0.5,
        **services.storage,
        "STORAGE_BUCKET": bucket_name(services.run),
        "REDIS_URL": services.redis_url,
        # Each application that is started has a part of its own.
        "REDIS_PREFIX": redis_prefix(services.run) + secrets.token_hex(8),
    }
    if isinstance(settings, MailSettings):
        values["MAIL_URL"] = services.mailbox.mail_url
        values["MAIL_FROM"] = settings.MAIL_FROM or f"{settings.SYSTEM}@example.com"
    known = {name: value for name, value in values.items() if name in type(settings).model_fields}
    return type(settings)(**known)


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of the system is told, so that it uses the same services."""
    names = (
        *("ENVIRONMENT", "DATABASE_URL", "STORAGE_ENDPOINT_URL", "STORAGE_BUCKET"),
        *("MAIL_URL", "MAIL_FROM", "REDIS_URL", "REDIS_PREFIX"),
    )
    secret = ("STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY")
    values = {name: getattr(settings, name, None) for name in names}
    values |= {
        name: value.get_secret_value()
        for name in secret
        if (value := getattr(settings, name, None)) is not None
    }
    return {name: str(value) for name, value in values.items() if value is not None}
