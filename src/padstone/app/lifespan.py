"""Opening everything in order, and closing it in reverse, whatever happens between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI

from padstone import log, migrations
from padstone.app.application import Application
from padstone.app.authenticators import user_upkeep
from padstone.app.listening import event_upkeep, open_listening
from padstone.app.metering import meter_upkeep, open_meter
from padstone.app.periodic import Periodic, repeat
from padstone.app.redis import open_limiter, open_redis, redis_gauge
from padstone.backing import Backing
from padstone.db import Database
from padstone.express import Known, PathTable, table_of
from padstone.health import Check, HealthMonitor
from padstone.jobs import Jobs, count_jobs, prepare
from padstone.pages import CursorSigner
from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    MailSettings,
    OutboundSettings,
    ProviderSettings,
    RedisSettings,
    Settings,
    StorageSettings,
)
from padstone.shutdown import Shutdown

__all__ = ["lifespan"]

State = dict[str, Any]

_JOBS_COUNTED_SECONDS = 15.0  # as often as Prometheus usually asks


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
    """Opens what the application's settings and plan name; yields it as the request state."""
    assert isinstance(app, Application)  # noqa: S101  # create_app passes nothing else
    log.configure(level=app.settings.LOG_LEVEL, form=app.settings.LOG_FORMAT)
    async with AsyncExitStack() as stack:
        attached = await asyncio.to_thread(app.attach, app.settings)
        stack.callback(attached.release)
        state: State = {
            "settings": attached.settings,
            "shutdown": Shutdown(attached.settings.SHUTDOWN_DELAY_SECONDS),
            "cursor_signer": CursorSigner(attached.settings.SECRET_KEY),
        }
        checks: dict[str, Check] = {}
        await _open_all(stack, state, checks, app, attached)
        app.express = _express(app, attached.settings)
        checks |= {name: factory(state) for name, factory in app.plan.checks.items()}
        await _start_background(stack, state, checks, app)
        structlog.get_logger().info(
            "started",
            system=app.settings.SYSTEM,
            version=app.version,
            environment=app.settings.ENVIRONMENT,
        )
        # The last to come and the first to go: until here the server alone knows how to end.
        stack.enter_context(state["shutdown"].on_signals())
        yield state


async def _open_all(
    stack: AsyncExitStack,
    state: State,
    checks: dict[str, Check],
    app: Application,
    attached: Backing[Settings],
) -> None:
    """Opens what the groups of the settings name, and the plan; what needs another comes later.

    Rooms are imported as they are opened: a system should not pay for what it does not use.
    """
    settings = attached.settings
    if isinstance(settings, DatabaseSettings):
        if "database" in attached.embedded:
            # The embedded database is ours, so `uvicorn app.main:app` works in a fresh clone.
            await asyncio.to_thread(migrations.upgrade, settings, say=_say)
        await _open_database(stack, state, checks, settings)
    if isinstance(settings, RedisSettings):
        await open_redis(stack, state, checks, app.metrics, settings)
    open_limiter(state, app.metrics, settings)
    if isinstance(settings, StorageSettings):
        await _open_storage(stack, state, checks, settings)
    if isinstance(settings, EncryptionSettings):
        from padstone.crypto import KeyRing

        state["keyring"] = KeyRing.of(settings)
    if isinstance(settings, MailSettings):
        from padstone.mail import Mailer

        state["mailer"] = Mailer(settings)
    if isinstance(settings, OutboundSettings):
        _open_outbound(stack, state, app, settings)
    if isinstance(settings, ProviderSettings):
        await _open_providers(stack, state, app, settings)
    if app.plan.meter is not None:
        open_meter(stack, state, app.plan.meter, settings)
    await open_listening(stack, state, app, settings)


def _express(app: Application, settings: Settings) -> PathTable[Known]:
    compiles = (
        isinstance(settings, DatabaseSettings)
        and settings.EXPRESS_LANE
        # A transaction pooler gives nobody the connection on which a statement was prepared.
        and settings.DATABASE_PREPARED_STATEMENTS
    )
    return table_of(app, compiles=compiles)


def _say(sentence: str) -> None:
    structlog.get_logger("padstone.migrations").info(sentence)


async def _open_database(
    stack: AsyncExitStack, state: State, checks: dict[str, Check], settings: DatabaseSettings
) -> None:
    database = Database(settings)
    stack.push_async_callback(database.close)
    await database.open()
    state["database"] = database
    checks["database"] = database.check
    checks["migrations"] = migrations.up_to_date(database, settings)


async def _open_storage(
    stack: AsyncExitStack, state: State, checks: dict[str, Check], settings: StorageSettings
) -> None:
    from padstone.storage import Storage

    storage = Storage(settings)
    stack.push_async_callback(storage.close)
    await storage.open()
    state["storage"] = storage
    checks["storage"] = storage.check


def _open_outbound(
    stack: AsyncExitStack, state: State, app: Application, settings: OutboundSettings
) -> None:
    from padstone.outbound import OutboundClient

    client = OutboundClient(settings, observe=app.metrics.outbound_call)
    stack.push_async_callback(client.close)
    state["outbound"] = client


async def _open_providers(
    stack: AsyncExitStack, state: State, app: Application, settings: ProviderSettings
) -> None:
    from padstone.providers import open_providers

    providers = open_providers(settings, observe=app.metrics.outbound_call)
    state["providers"] = await stack.enter_async_context(providers)


async def _start_background(
    stack: AsyncExitStack, state: State, checks: dict[str, Check], app: Application
) -> None:
    settings = app.settings
    monitor = HealthMonitor(
        checks,
        interval=settings.HEALTH_INTERVAL_SECONDS,
        timeout=settings.HEALTH_TIMEOUT_SECONDS,
        optional=app.plan.optional,
        shutdown=state["shutdown"],
    )
    state["health"] = monitor
    await monitor.start()
    stack.push_async_callback(monitor.stop)
    work = list(app.plan.periodic)
    if app.plan.users is not None:
        work.append(user_upkeep(app.plan.users))
    if app.plan.event_logs:
        work.append(event_upkeep(app.plan.event_logs))
    if app.plan.meter is not None:
        work += meter_upkeep(app.plan.meter)
    if "database" in state:
        work.append(Periodic("pool metrics", settings.HEALTH_INTERVAL_SECONDS, _pool_gauges(app)))
    if "redis" in state:
        work.append(redis_gauge(app.metrics, settings))
    if app.plan.jobs is not None:
        await asyncio.to_thread(prepare)  # or the first request that enqueues would wait for it
        work.append(Periodic("job metrics", _JOBS_COUNTED_SECONDS, _job_gauges(app, app.plan.jobs)))
    tasks = [asyncio.create_task(repeat(task, state)) for task in work]
    stack.push_async_callback(_cancel, tasks)


def _pool_gauges(app: Application) -> Callable[[Mapping[str, Any]], Any]:
    async def observe(state: Mapping[str, Any]) -> None:
        app.metrics.pool(state["database"].pool_status())

    return observe


def _job_gauges(app: Application, jobs: Jobs) -> Callable[[Mapping[str, Any]], Any]:
    async def observe(state: Mapping[str, Any]) -> None:
        async with state["database"].session() as session:
            app.metrics.jobs(*await count_jobs(session, jobs.tasks))

    return observe


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
