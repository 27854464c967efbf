"""What goes wrong is said alike in both lanes, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import structlog
from asyncpg.exceptions import InvalidTextRepresentationError
from sqlalchemy import text

from padstone.db import Database

from .conftest import Lanes


@pytest_asyncio.fixture
async def database(lanes: Lanes) -> AsyncIterator[Database]:
    found: Database = lanes.running.state["database"]
    yield found


async def test_a_database_that_refuses_is_a_503(lanes: Lanes, monkeypatch: Any) -> None:
    assert (await lanes.one("GET", "/things")).status_code == 200  # the key is known from now on

    async def refused(*_: Any) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(lanes.running.state["database"], "fetch", refused)
    for method, path in (("GET", "/things"), ("GET", f"/things/{uuid4()}"), ("POST", "/things")):
        body = {"json": {"name": "a"}} if method == "POST" else {}
        answer = await lanes.one(method, path, **body)
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["code"] == "unavailable"


async def test_a_pool_that_is_full_is_a_503_after_its_time(
    lanes: Lanes, database: Database, monkeypatch: Any
) -> None:
    assert (await lanes.one("GET", "/things")).status_code == 200
    pool: Any = database.engine.sync_engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    taken = [await pool.take() for _ in range(pool.size())]
    try:
        answer = await lanes.one("GET", "/things")
    finally:
        for entry in taken:
            pool.give(entry)
    assert answer.status_code == 503
    assert (await lanes.one("GET", "/things")).status_code == 200


async def test_a_defect_of_the_lane_is_logged_and_hidden_by_the_other(
    lanes: Lanes, monkeypatch: Any
) -> None:
    async def broken(*_: Any) -> Any:
        raise InvalidTextRepresentationError("a defect")

    monkeypatch.setattr(lanes.running.state["database"], "fetch", broken)
    with structlog.testing.capture_logs() as lines:
        answer = await lanes.one("GET", "/things")
    assert answer.status_code == 200
    failed = [line for line in lines if line["event"] == "express lane failed"]
    assert [line["log_level"] for line in failed] == ["error"]


async def test_what_was_written_is_not_written_again_where_it_cannot_be_shown(
    lanes: Lanes, database: Database, monkeypatch: Any
) -> None:
    def fail(_row: Any) -> bytes:
        raise RuntimeError("a defect of the lane's alone")

    found = lanes.table.find("POST", "/api/things")
    assert found is not None
    work: Any = found.value.plan.work
    monkeypatch.setattr(work._encoder, "one", fail)
    answer = await lanes.one("POST", "/things", json={"name": "once"})
    assert answer.status_code == 500
    count = text("SELECT count(*) FROM things WHERE user_id = :id")
    async with database.read_session() as session:
        assert await session.scalar(count, {"id": lanes.account.id}) == 1


async def test_after_a_migration_both_lanes_go_on(lanes: Lanes, database: Database) -> None:
    before = (await lanes.both("GET", "/things")).content
    async with database.session() as session:
        await session.execute(text("ALTER TABLE things ADD COLUMN later int"))
    try:
        assert (await lanes.both("GET", "/things")).content == before
    finally:
        async with database.session() as session:
            await session.execute(text("ALTER TABLE things DROP COLUMN later"))
    assert (await lanes.both("GET", "/things")).content == before


async def test_a_client_that_leaves_takes_no_connection_along(
    lanes: Lanes, database: Database
) -> None:
    for turns in range(30):
        asking = asyncio.create_task(lanes.one("GET", "/things"))
        for _ in range(turns * 3):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert (await lanes.one("GET", "/things")).status_code == 200
    assert database.pool_status()["in_use"] == 0


@pytest.mark.parametrize("lane", ["express", "session"])
async def test_once_asked_to_end_it_says_so(lanes: Lanes, monkeypatch: Any, lane: str) -> None:
    shutdown = lanes.running.state["shutdown"]
    monkeypatch.setattr(shutdown, "is_asked", True)
    if lane == "session":
        with lanes.off():
            answer = await lanes.one("GET", "/things")
    else:
        answer = await lanes.one("GET", "/things")
    assert answer.headers["connection"] == "close"
