"""F7: limits per user, key and address, which hold over processes and tell what is left."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession
from test_users import key_of

from app.core.config import Settings
from padstone.settings import SettingsError
from padstone.testing.running import Running
from padstone.testing.servers import ServerProcess

PROMPTS = "/api/v1/prompts"
HEADERS = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"}


@asynccontextmanager
async def limited(running: Running, **limits: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The application with other limits."""
    settings = running.state["settings"].model_copy(update=limits)
    async with Running(running.app, {**running.state, "settings": settings}).client() as client:
        yield client


async def allowed(client: httpx2.AsyncClient, headers: dict[str, str], times: int) -> int:
    """How many of so many requests are answered, and not refused."""
    answers = [await client.get(PROMPTS, headers=headers) for _ in range(times)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    return [answer.status_code for answer in answers].count(200)


async def test_f7_each_user_and_each_key_has_a_limit_of_its_own(
    running: Running, session: AsyncSession, signed_in: SignIn
) -> None:
    one, other = await signed_in(), await signed_in()
    key = await key_of(session, one.user.id)
    async with limited(running, RATE_LIMIT_CALLER="3/hour") as client:
        assert await allowed(client, one.headers, 5) == 3
        assert await allowed(client, key, 5) == 3
        assert await allowed(client, other.headers, 5) == 3


async def test_f7_all_routes_of_a_caller_count_together(
    running: Running, analyst: SignedIn
) -> None:
    async with limited(running, RATE_LIMIT_CALLER="3/hour") as client:
        client.headers.update(analyst.headers)
        for path in ("/api/v1/keys", "/api/v1/configurations", PROMPTS):
            assert (await client.get(path)).status_code == 200
        assert (await client.get("/api/v1/keys")).status_code == 429


async def test_f7_an_address_has_a_limit_whoever_calls(running: Running, signed_in: SignIn) -> None:
    one, other = await signed_in(), await signed_in()
    async with limited(running, RATE_LIMIT_ADDRESS="4/hour") as client:
        assert await allowed(client, one.headers, 3) == 3
        assert await allowed(client, other.headers, 3) == 1
        spoofed = {**other.headers, "X-Forwarded-For": "203.0.113.9"}
        assert await allowed(client, spoofed, 1) == 0


async def test_f7_who_guesses_credentials_is_counted_too(running: Running) -> None:
    async with limited(running, RATE_LIMIT_ADDRESS="4/hour") as client:
        wrong = {"X-API-Key": "sk_live_wrong"}
        answers = [(await client.get(PROMPTS, headers=wrong)).status_code for _ in range(6)]
    assert answers == [401] * 4 + [429] * 2


async def test_f7_signing_in_has_a_limit_of_its_own(running: Running) -> None:
    entry = {"email": "nobody@example.com", "password": "no password of anybody's"}
    async with limited(running, RATE_LIMIT_SIGN_IN="3/hour") as client:
        answers = [
            (await client.post(f"/api/v1/auth/{path}", json=entry)).status_code
            for path in ("login", "session", "login", "session", "login")
        ]
    assert answers == [401, 401, 401, 429, 429]


async def test_f7_every_answer_says_what_is_left(running: Running, analyst: SignedIn) -> None:
    async with limited(running, RATE_LIMIT_CALLER="2/hour") as client:
        client.headers.update(analyst.headers)
        fine = await client.get(PROMPTS)
        missing = await client.get(f"{PROMPTS}/{analyst.user.id}")
        refused = await client.get(PROMPTS)
    assert [one.status_code for one in (fine, missing, refused)] == [200, 404, 429]
    for answer, left in ((fine, "1"), (missing, "0"), (refused, "0")):
        assert set(answer.headers) >= {name.lower() for name in HEADERS}
        assert answer.headers["RateLimit-Remaining"] == left
        assert answer.headers["RateLimit-Limit"] == "2"
        assert "2;w=3600" in answer.headers["RateLimit-Policy"]
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["Retry-After"]) <= 1800


async def test_f7_health_is_not_limited(running: Running) -> None:
    async with limited(running, RATE_LIMIT_ADDRESS="1/hour") as client:
        for path in ("/health", "/health/live", "/health/ready") * 2:
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("name", ["RATE_LIMIT_CALLER", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_SIGN_IN"])
def test_f7_what_is_no_limit_is_named_before_anything_starts(name: str) -> None:
    values: dict[str, Any] = {name: "many"}
    with pytest.raises(SettingsError, match=name):
        Settings(**values)


@pytest.mark.committed
async def test_f7_two_processes_count_together(
    server: Callable[..., Awaitable[list[ServerProcess]]], analyst: SignedIn
) -> None:
    servers = await server(2, RATE_LIMIT_CALLER="10/hour")
    async with httpx2.AsyncClient(headers=analyst.headers) as client:
        answers = [await client.get(servers[number % 2].url + PROMPTS) for number in range(24)]
    assert [answer.status_code for answer in answers].count(200) == 10
