"""Promises 28, 29 and 36 over real server processes."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest_asyncio

import peopled
from padstone.auth.users import UserAdministration
from padstone.db import Database
from padstone.testing.servers import ServerProcess
from padstone.testing.users import sign_in

from .conftest import EMAIL, PASSWORD, Settings, describe

CANARY = "canary sentence 4711"
PROMISE_SECONDS = 1.0


class PeopledSettings(Settings):
    SYSTEM: ClassVar[str] = "peopled"


@pytest_asyncio.fixture
async def servers(blank_database: str, tmp_path: Path) -> AsyncIterator[list[ServerProcess]]:
    """Two processes of one system, on the test's database."""
    folder = peopled.write(tmp_path / "peopled")
    environment = {**peopled.ENVIRONMENT, "DATABASE_URL": blank_database, "LOG_LEVEL": "DEBUG"}
    both = [ServerProcess(folder, environment, tmp_path / f"{n}.log") for n in range(2)]
    try:
        for process in both:
            process.start()
        for process in both:
            await process.ready("/health/live")
        yield both
    finally:
        for process in both:
            await process.stop()


async def test_28_29_36_two_processes(servers: list[ServerProcess], database: Database) -> None:
    users = describe()
    settings = PeopledSettings()
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=each.url, timeout=30))
            for each in servers
        ]
        async with database.session() as session:
            admin = UserAdministration.apart(session, users, settings)
            hashed = await admin.hashed(CANARY, EMAIL)
            await admin.create(EMAIL, password_hash=hashed)
        answer = await one.post("/auth/login", json={"email": EMAIL, "password": CANARY})
        assert answer.status_code == 200, answer.text
        pair = answer.json()

        # 28: fifty at once, over both.
        body = {"refresh_token": pair["refresh_token"]}
        answers = await asyncio.gather(
            *(client.post("/auth/refresh", json=body) for client in (one, two) for _ in range(25))
        )
        assert [answer.status_code for answer in answers] == [200] * 50
        assert len({answer.json()["refresh_token"] for answer in answers}) == 1
        newest = answers[0].json()

        # 29: what one process ends, the other one refuses.
        headers = {"Authorization": f"Bearer {newest['access_token']}"}
        for client in (one, two):
            assert (await client.get("/things", headers=headers)).status_code == 200
        assert (await one.post("/auth/logout", headers=headers)).status_code == 204
        assert await until_status(two, headers, 401) < PROMISE_SECONDS * 5

        # 29: a role that anybody changes counts everywhere.
        async with database.session() as session:
            other = await sign_in(session, users, settings)
        for client in (one, two):
            assert (await client.post("/things", headers=other.headers)).status_code == 403
        async with database.session() as session:
            admin = UserAdministration.apart(session, users, settings)
            await admin.set_role(await admin.by_id(other.user.id), "manager")
        for client in (one, two):
            assert await until_status(client, other.headers, 200, "POST") < PROMISE_SECONDS * 5

        canaries = [CANARY, PASSWORD, pair["access_token"], *tokens_of(answers)]
        canaries += [other.headers["Authorization"]]
        await provoke(one, canaries)
    # 36: nothing of that is in a log.
    logs = "".join(each.log.read_text() for each in servers)
    assert "refresh" in logs
    assert [canary for canary in canaries if canary in logs] == []
    assert EMAIL not in logs


def tokens_of(answers: list[Any]) -> list[str]:
    pairs = [answer.json() for answer in answers]
    return [pair[name] for pair in pairs for name in ("access_token", "refresh_token")]


async def provoke(client: httpx2.AsyncClient, canaries: list[str]) -> None:
    """Sends secrets to where they do not belong, and looks for them in the answers."""
    for canary in canaries[:4]:
        for request in (
            client.post("/auth/login", json={"email": EMAIL, "password": canary}),
            client.post("/auth/login", json={"email": canary, "password": canary}),
            client.post("/auth/refresh", json={"refresh_token": canary}),
            client.post("/auth/refresh", json={"refresh_token": canary, canary: canary}),
            client.post("/auth/reset-password", json={"token": canary, "password": canary}),
            client.post("/auth/verify-email", content=canary.encode()),
            client.get("/auth/me", headers={"Authorization": f"Bearer {canary}"}),
            client.get("/auth/me", headers={"X-API-Key": canary}),
            client.get("/auth/verify-email", params={"token": canary}),
        ):
            answer = await request
            assert answer.status_code < 500
            fields = [error["field"] for error in problem(answer).get("errors", [])]
            shown = re.sub("|".join(map(re.escape, fields)) or "$^", "", answer.text)
            assert canary not in shown


def problem(answer: Any) -> dict[str, Any]:
    if "json" not in answer.headers.get("content-type", ""):
        return {}
    found: dict[str, Any] = answer.json()
    return found


async def until_status(
    client: httpx2.AsyncClient, headers: dict[str, str], status: int, method: str = "GET"
) -> float:
    began = time.monotonic()
    async with asyncio.timeout(30):
        while (await client.request(method, "/things", headers=headers)).status_code != status:
            await asyncio.sleep(0.01)
    return time.monotonic() - began
