"""Cookie callers and what another site makes them send, on a system that has cookie sessions."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends, Request
from sqlalchemy import text
from starlette.requests import HTTPConnection

from browsed import Base, BrowsedSettings, BrowsedWorld, Writer, routes, users
from padstone.app import create_app
from padstone.auth.cookie_sessions import (
    CookieSessions,
    OpenedCookieSessions,
    cookie_session_routes,
)
from padstone.auth.cookie_sessions.csrf import Csrf
from padstone.auth.users import SESSION_CHANNEL, SESSION_COLUMNS, USER_CHANNEL, user_routes
from padstone.db import Database
from padstone.errors import PermissionDeniedError
from padstone.jobs import Jobs
from padstone.migrations import job_tables
from padstone.migrations.triggers import drop_notify_sql, notify_sql, triggers_sql
from padstone.principal import Principal
from padstone.state import opened
from padstone.testing.contract import (
    Operation,
    World,
    authorization,
    csrf,
    growth,
    headers,
    openapi,
    revocation,
    secrets,
)
from padstone.testing.databases import DatabaseFactory
from padstone.testing.queries import QueryCounter
from padstone.testing.running import run
from padstone.testing.services import TestServices, redis_prefix

check = csrf.test_csrf_another_site_changes_nothing_by_a_browsers_cookie
TOLD = ["browser_generation", "email_verified_at", "role", "suspended_at", "deleted_at"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsed_settings(
    database_factory: DatabaseFactory, test_services: TestServices
) -> AsyncIterator[BrowsedSettings]:
    """Settings that name a database with the tables and their triggers."""
    async with database_factory.blank() as url:
        settings = BrowsedSettings(
            DATABASE_URL=url,
            DATABASE_POOL_MIN_SIZE=0,
            MAIL_URL="smtp://127.0.0.1:9",  # nobody is there: mails stay in their jobs
            MAIL_FROM="browsed@example.com",
            REDIS_URL=test_services.redis_url,
            REDIS_PREFIX=f"{redis_prefix(test_services.run)}browsed",
            REDIS_TIMEOUT_SECONDS=10,
        )
        database = Database(settings)
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for statement in (
                *triggers_sql(Base.metadata),
                *notify_sql("user_sessions", SESSION_CHANNEL, "id", on=SESSION_COLUMNS),
                *notify_sql("users", USER_CHANNEL, "id", on=TOLD),
            ):
                await connection.execute(text(statement))
            for statement in job_tables.upgrade_sql():
                await connection.exec_driver_sql(statement)
        await database.close()
        yield settings


MakeBrowsed = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def make_browsed(browsed_settings: BrowsedSettings) -> MakeBrowsed:
    """The small system with further routes, in a transaction that is undone."""

    @asynccontextmanager
    async def make(*further: APIRouter) -> AsyncIterator[World]:
        app = create_app(
            browsed_settings,
            title="Browsed",
            version="1",
            routers=[routes, *further, user_routes(users), cookie_session_routes()],
            users=users,
            sessions=CookieSessions(),
            jobs=Jobs(),
        )
        async with run(app, browsed_settings) as running:
            database: Database = running.state["database"]
            async with database.engine.connect() as connection, database.pinned(connection):
                transaction = await connection.begin()
                async with running.client() as client:
                    yield BrowsedWorld(running, client)
                await transaction.rollback()

    return make


def browsers(world: World) -> list[Operation]:
    return [one for one in world.operations.values() if one.takes_cookie and one.is_unsafe]


async def test_every_operation_that_may_change_something(make_browsed: MakeBrowsed) -> None:
    async with make_browsed() as world:
        names = {one.id for one in browsers(world)}
        assert names >= {
            *("create_note", "change_note", "change_password", "log_out", "log_out_everywhere"),
            *("sign_out", "end_browser_session", "end_browser_sessions", "end_session"),
        }
        for operation in browsers(world):
            await check(world, operation)


async def test_promise_23_by_cookie(make_browsed: MakeBrowsed) -> None:
    async with make_browsed() as world:
        await authorization.test_promise_23_nothing_else_is_open(world)
        await authorization.test_promise_23_no_answer_shows_anothers_rows(world)
        await revocation.test_promise_29_changes_of_credentials_are_told(world)
        for one in world.operations.values():
            if one.is_guarded:
                await authorization.test_promise_23_strangers_are_refused(world, one)
                await authorization.test_promise_23_who_may_do_less_is_refused(world, one)
            if one.is_about_rows:
                await authorization.test_promise_23_anothers_row_is_as_good_as_none(world, one)


async def test_cookies_are_among_those_who_are_tried(make_browsed: MakeBrowsed) -> None:
    async with make_browsed() as world:
        refused = await world.callers.refused()
        assert sum("Cookie" in one for one in refused.values()) == 6
        lacking = await world.callers.lacking(["notes:write"])
        assert {"a user with the role reader", "a browser of a user with the role reader"} == set(
            lacking
        )
        browser = await world.browser(world.operations["change_note"])
        assert browser is not None
        assert browser.scopes >= {"notes:write"}


async def test_the_rest_understands_them_too(
    make_browsed: MakeBrowsed, capfd: pytest.CaptureFixture[str]
) -> None:
    async with make_browsed() as world:
        await headers.test_c7_one_line_for_each_request_and_no_secret_in_it(world, capfd)
        await headers.test_c8_only_configured_origins_may_call(world)
        openapi.test_c3_the_document_is_valid(world)
        openapi.test_c3_every_body_and_answer_is_a_model(world)
        openapi.test_c3_every_operation_names_its_errors(world)
        lists = world.operations["list_browser_sessions"]
        queries = QueryCounter(world.database.engine.sync_engine)
        await growth.test_n1_a_list_costs_the_same_however_long(world, lists, queries)
        for name in ("sign_in", "get_current_session", "change_note"):
            one = world.operations[name]
            await secrets.test_promise_36_no_secret_reaches_a_log_or_an_answer(world, one, capfd)


async def test_a_column_that_nobody_is_told_of(make_browsed: MakeBrowsed) -> None:
    async with make_browsed() as world:
        async with world.database.session() as session:
            for statement in (
                *drop_notify_sql("users", USER_CHANNEL)[:1],
                *notify_sql("users", USER_CHANNEL, "id", on=TOLD[1:]),
            ):
                await session.execute(text(statement))
        with pytest.raises(AssertionError, match="users tells of browser_generation"):
            await revocation.test_promise_29_changes_of_credentials_are_told(world)


async def lenient(connection: HTTPConnection) -> Principal:
    """A guard of a system's own, that believes every cookie."""
    sessions = opened(connection, "sessions", OpenedCookieSessions)
    session = await sessions._shown(connection)
    assert session is not None
    return Principal(session.user_id, session.id, "session", frozenset({"notes:write"}))


COOKIE: dict[str, Any] = {"security": [{"Bearer": ["notes:write"]}, {"Cookie": ["notes:write"]}]}


async def test_an_operation_that_believes_a_cookie_alone(make_browsed: MakeBrowsed) -> None:
    faulty = APIRouter(prefix="/faults")

    @faulty.post("", status_code=204, openapi_extra=COOKIE)
    async def add_fault(_: Annotated[Principal, Depends(lenient)]) -> None:
        return None

    async with make_browsed(faulty) as world:
        with pytest.raises(AssertionError, match="answered a cookie without a token with 204"):
            await check(world, world.operations["add_fault"])


async def test_an_operation_that_writes_before_it_asks(make_browsed: MakeBrowsed) -> None:
    faulty = APIRouter(prefix="/faults")

    async def written_first(request: Request) -> None:
        async with opened(request, "database", Database).session() as session:
            await session.execute(text("UPDATE notes SET text = text || '!'"))

    @faulty.post("", status_code=204, dependencies=[Depends(written_first)])
    async def add_fault(_: Writer) -> None:
        return None

    async with make_browsed(faulty) as world:
        caller = await world.callers.able(["notes:write"])
        await world.another("note_id", caller, {})
        with pytest.raises(AssertionError, match="changed something by a cookie without a token"):
            await check(world, world.operations["add_fault"])


@pytest.mark.parametrize(
    ("method", "words"),
    [("_has_token", "without a token with 20"), ("_is_ours", "from another origin with 20")],
)
async def test_a_guard_that_forgets_half_of_it(
    make_browsed: MakeBrowsed, monkeypatch: pytest.MonkeyPatch, method: str, words: str
) -> None:
    monkeypatch.setattr(Csrf, method, lambda *_: True)
    async with make_browsed() as world:
        with pytest.raises(AssertionError, match=words):
            await check(world, world.operations["create_note"])


async def test_a_route_that_refuses_everybody_proves_nothing(make_browsed: MakeBrowsed) -> None:
    faulty = APIRouter(prefix="/faults")

    async def key_only(_: Writer) -> None:
        raise PermissionDeniedError

    @faulty.post("", status_code=204, dependencies=[Depends(key_only)])
    async def add_fault() -> None:
        return None

    async with make_browsed(faulty) as world:
        with pytest.raises(AssertionError, match="own page with 403, so that this proves nothing"):
            await check(world, world.operations["add_fault"])
