"""Promise 3: a request with an ``Idempotency-Key`` is carried out once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from callers import Caller
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import StoredObject
from padstone.testing.servers import ServerProcess

OBJECTS = "/api/v1/objects"
BODY = {"name": "a.csv", "content_type": "text/csv", "size_bytes": 8}
StartServers = Callable[..., Awaitable[list[ServerProcess]]]


async def _count(session: AsyncSession, caller: Caller) -> int:
    await session.rollback()
    query = select(func.count()).where(StoredObject.account_id == caller.account.id)
    return int(await session.scalar(query) or 0)


@pytest.mark.committed
async def test_promise_3_200_parallel_requests_have_one_effect(
    server: StartServers, caller: Caller, session: AsyncSession
) -> None:
    servers = await server(processes=2)
    headers = {**caller.headers, "Idempotency-Key": "upload-1"}

    async def post(client: httpx2.AsyncClient) -> tuple[int, bytes]:
        while True:
            try:
                answer = await client.post(OBJECTS, json=BODY, headers=headers)
            except httpx2.TransportError:
                continue  # the server closed an idle connection; the key makes repeating safe
            # 409 says that the first one is still at work, and 503 that the pool is full.
            if answer.status_code not in {409, 503}:
                return answer.status_code, answer.content
            await asyncio.sleep(0.2)

    clients = [httpx2.AsyncClient(base_url=one.url, timeout=60) for one in servers]
    answers = await asyncio.gather(*(post(clients[number % 2]) for number in range(200)))
    for client in clients:
        await client.aclose()
    assert Counter(status for status, _ in answers) == {201: 200}
    assert len({body for _, body in answers}) == 1
    assert await _count(session, caller) == 1


async def test_promise_3_another_body_under_the_key_is_refused(
    client: httpx2.AsyncClient, caller: Caller
) -> None:
    headers = {**caller.headers, "Idempotency-Key": "upload-1"}
    first = await client.post(OBJECTS, json=BODY, headers=headers)
    again = await client.post(OBJECTS, json=BODY, headers=headers)
    other = await client.post(OBJECTS, json={**BODY, "size_bytes": 9}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_promise_3_a_refused_request_leaves_the_key_free(
    client: httpx2.AsyncClient, caller: Caller
) -> None:
    headers = {**caller.headers, "Idempotency-Key": "upload-1"}
    refused = await client.post(OBJECTS, json={**BODY, "size_bytes": 2**39}, headers=headers)
    accepted = await client.post(OBJECTS, json=BODY, headers=headers)
    assert (refused.status_code, accepted.status_code) == (422, 201)


@pytest.mark.committed
async def test_promise_3_a_killed_server_has_answered_once_or_not_at_all(
    server: StartServers, caller: Caller, session: AsyncSession
) -> None:
    """SIGKILL while keyed requests run: each key has one effect when it is sent again."""
    victim, survivor = await server(processes=2)
    keys = [f"upload-{number}" for number in range(60)]

    async def post(url: str, key: str) -> int:
        headers = {**caller.headers, "Idempotency-Key": key}
        async with httpx2.AsyncClient(base_url=url, timeout=30) as client:
            while True:
                answer = await client.post(OBJECTS, json=BODY, headers=headers)
                if answer.status_code not in {409, 503}:
                    return int(answer.status_code)
                await asyncio.sleep(0.05)

    running = [asyncio.create_task(post(victim.url, key)) for key in keys]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    await victim.kill()
    await asyncio.gather(*running, return_exceptions=True)
    assert any(task.exception() for task in running), "it was killed too late to prove anything"
    assert {await post(survivor.url, key) for key in keys} == {201}
    assert await _count(session, caller) == len(keys)
