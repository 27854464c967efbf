"""F8, performance: what each endpoint may ask of the database, and marked apart, how long it takes.

Counts are the same on every machine, so they are in the suite. Times are not: they are taken by
``pytest -m performance`` against a server process, where the machine is quiet.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles

import httpx2
import pytest
from people import SignedIn
from test_prompts import body

from app.main import app
from padstone.testing.queries import QueryCounter
from padstone.testing.servers import ServerProcess

# How many statements each may send, the one that finds out who is calling included.
MOST = {
    "get_credits": 3,
    "get_current_session": 1,  # for browsers alone: a token is refused
    "list_analyses": 3,
    "list_browser_sessions": 2,
    "list_configurations": 2,
    "list_credit_entries": 2,
    "list_keys": 2,
    "list_models": 2,
    "list_prompts": 3,
    "list_sessions": 2,
    "list_system_configurations": 2,
    "list_uploads": 2,
    "list_users": 2,
    "read_me": 2,
}
PATHS = {
    operation["operationId"]: path
    for path, item in app.openapi()["paths"].items()
    for method, operation in item.items()
    if method == "get" and operation.get("security") and "{" not in path
}

CALLERS, TIMES = 8, 40
SECONDS = 0.25  # generous: it is to notice what got ten times slower, not two


def test_f8_performance_every_endpoint_says_what_it_may_cost() -> None:
    assert set(MOST) == set(PATHS)


@pytest.mark.parametrize("operation", sorted(MOST))
async def test_f8_performance_statements_of_each_endpoint(
    client: httpx2.AsyncClient, admin: SignedIn, queries: QueryCounter, operation: str
) -> None:
    for number in range(3):
        made = body(slug=f"prompt-{number}")
        await client.post("/api/v1/prompts", json=made, headers=admin.headers)
    with queries.at_most(MOST[operation]):
        answer = await client.get(PATHS[operation], headers=admin.headers)
    assert answer.status_code == (403 if operation == "get_current_session" else 200)


@pytest.mark.performance
@pytest.mark.committed
async def test_f8_performance_p95_of_each_endpoint(
    server: Callable[..., Awaitable[list[ServerProcess]]], admin: SignedIn
) -> None:
    [one] = await server(RATE_LIMIT_CALLER="1000000/minute", RATE_LIMIT_ADDRESS="1000000/minute")
    slow = {}
    async with httpx2.AsyncClient(base_url=one.url, headers=admin.headers, timeout=30) as client:
        for number in range(20):
            await client.post("/api/v1/prompts", json=body(slug=f"prompt-{number}"))
        for operation, path in sorted(PATHS.items()):
            await _times(client, path, 5)  # to warm up
            callers = [_times(client, path, TIMES) for _ in range(CALLERS)]
            taken = [each for some in await asyncio.gather(*callers) for each in some]
            p95 = quantiles(taken, n=20)[-1]
            print(f"{operation}: p95 {1000 * p95:.0f} ms")  # noqa: T201  # shown by -s
            if p95 > SECONDS:
                slow[operation] = p95
    assert slow == {}


async def _times(client: httpx2.AsyncClient, path: str, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        await client.get(path)
        taken.append(time.perf_counter() - begun)
    return taken
