"""Limits on routes: who is counted, what every answer says, and what the document says of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter
from openapi_spec_validator import validate
from starlette.requests import HTTPConnection
from starlette.responses import StreamingResponse

from padstone.app import create_app
from padstone.auth import RateLimited, caller_address
from padstone.auth.guards import _principal
from padstone.ids import new_id
from padstone.principal import Principal
from padstone.ratelimit import Limit
from padstone.settings import RedisSettings, Settings
from padstone.testing.running import Running, run
from started import MakeClient

NAMES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")
router = APIRouter()
ADDRESSED = RateLimited("2/day", by="address")


@router.get("/addressed", dependencies=[ADDRESSED])
async def addressed() -> str:
    return "a"


@router.post("/addressed", dependencies=[ADDRESSED])
async def addressed_too() -> str:
    return "a"


@router.get("/items/{item}", dependencies=[RateLimited("2/day", by="route")])
async def one_item(item: str) -> str:
    return item


@router.get("/principal", dependencies=[RateLimited("2/day")])
async def by_principal() -> str:
    return "a"


async def _tenant(connection: HTTPConnection) -> str:
    await asyncio.sleep(0)
    return connection.headers["x-tenant"]


@router.get("/own", dependencies=[RateLimited("2/day", by=_tenant)])
async def own() -> str:
    return "a"


@router.get("/configured", dependencies=[RateLimited(lambda s: Limit(s.PORT, 60), by="address")])
async def configured() -> str:
    return "a"


@router.get(
    "/both",
    dependencies=[
        RateLimited("100/day", by="address"),
        RateLimited("3/minute burst 2", by="address"),
    ],
)
async def both() -> str:
    return "a"


@router.get("/fails", dependencies=[RateLimited("5/day", by="address")])
async def fails() -> str:
    raise KeyError("c4n4ry")


@router.get("/streams", dependencies=[RateLimited("5/day", by="address")])
async def streams() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    return StreamingResponse(parts())


@router.get("/own-header", dependencies=[RateLimited("5/day", by="address")])
async def own_header() -> StreamingResponse:
    return StreamingResponse(iter([b""]), headers={"RateLimit-Limit": "mine"})


@router.get("/free")
async def free() -> str:
    return "a"


shared = APIRouter(
    prefix="/shared", dependencies=[RateLimited("3/day", by="address", name="together")]
)


@shared.get("/a")
async def shared_a() -> str:
    return "a"


@shared.get("/b")
async def shared_b() -> str:
    return "b"


nested = APIRouter(prefix="/api")
nested.include_router(router)
nested.include_router(shared)


async def statuses(client: httpx2.AsyncClient, path: str, times: int, **options: Any) -> list[int]:
    return [(await client.get(f"/api{path}", **options)).status_code for _ in range(times)]


async def test_by_address_each_route_for_itself(started: MakeClient) -> None:
    async with started(nested) as client:
        assert await statuses(client, "/addressed", 3) == [200, 200, 429]
        assert (await client.post("/api/addressed")).status_code == 200, "another operation"
        assert await statuses(client, "/free", 5) == [200] * 5


async def test_by_route_whatever_its_path(started: MakeClient) -> None:
    async with started(nested) as client:
        answers = [await statuses(client, f"/items/{item}", 1) for item in "abc"]
    assert answers == [[200], [200], [429]]


async def test_routes_of_one_name_count_together(started: MakeClient) -> None:
    async with started(nested) as client:
        answers = [await statuses(client, path, 1) for path in ("/shared/a", "/shared/b") * 2]
    assert answers == [[200], [200], [200], [429]]


async def test_by_a_function_that_is_awaited(started: MakeClient) -> None:
    async with started(nested) as client:
        for tenant in ("a", "b"):
            found = await statuses(client, "/own", 3, headers={"X-Tenant": tenant})
            assert found == [200, 200, 429]


async def test_by_a_limit_of_the_settings(started: MakeClient) -> None:
    async with started(nested, settings=Settings(PORT=3)) as client:
        assert await statuses(client, "/configured", 4) == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("method", "same", "counted"),
    [("jwt", "subject", "together"), ("session", "subject", "together"), ("api_key", "x", "alone")],
)
async def test_a_user_is_one_on_all_devices_and_a_key_is_one_by_itself(
    method: str, same: str, counted: str
) -> None:
    owner: UUID = new_id()
    callers = iter([Principal(owner, new_id(), method) for _ in range(3)])
    app = create_app(Settings(), title="T", version="1", routers=[nested])
    app.dependency_overrides[_principal] = lambda: next(callers)
    async with run(app, app.settings) as running, running.client() as client:
        found = await statuses(client, "/principal", 3)
    assert found == ([200, 200, 429] if counted == "together" else [200] * 3)


async def test_the_answer_says_what_is_left(started: MakeClient) -> None:
    async with started(nested) as client:
        first, second, third = [await client.get("/api/addressed") for _ in range(3)]
    assert [first.headers[name] for name in NAMES] == ["2", "1", "43200", "2;w=86400"]
    assert [second.headers[name] for name in NAMES] == ["2", "0", "86400", "2;w=86400"]
    assert [third.headers[name] for name in NAMES] == ["2", "0", "86400", "2;w=86400"]
    assert third.json()["code"] == "rate_limited"
    assert third.headers["Retry-After"] == "43200"
    assert "retry-after" not in second.headers


async def test_of_several_limits_the_nearest_is_told(started: MakeClient) -> None:
    async with started(nested) as client:
        first, second, third = [await client.get("/api/both") for _ in range(3)]
    assert first.headers["RateLimit-Remaining"] == "1"
    assert first.headers["RateLimit-Limit"] == "2"
    assert first.headers["RateLimit-Policy"] == "100;w=86400, 3;w=60;burst=2"
    assert (second.status_code, third.status_code) == (200, 429)
    assert third.headers["RateLimit-Remaining"] == "0"


@pytest.mark.parametrize(("path", "status"), [("/fails", 500), ("/streams", 200)])
async def test_errors_and_streams_say_it_too(started: MakeClient, path: str, status: int) -> None:
    async with started(nested) as client:
        answer = await client.get(f"/api{path}")
    assert answer.status_code == status
    assert answer.headers["RateLimit-Remaining"] == "4"


async def test_a_header_that_the_answer_has_is_left_alone(started: MakeClient) -> None:
    async with started(nested) as client:
        answer = await client.get("/api/own-header")
        free = await client.get("/api/free")
    assert answer.headers.get_list("RateLimit-Limit") == ["mine"]
    assert not {name.lower() for name in NAMES} & set(free.headers), "none of another request"


async def test_a_browser_may_read_them(started: MakeClient) -> None:
    origin = "https://app.example"
    async with started(nested, settings=Settings(ALLOWED_ORIGINS=[origin])) as client:
        answer = await client.get("/api/addressed", headers={"Origin": origin})
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert set(NAMES) <= exposed


async def test_26_headers_that_anybody_can_send_name_nobody(started: MakeClient) -> None:
    """Of a thousand made-up addresses none is a new caller."""
    async with started(nested) as client:
        found = []
        for number in range(50):
            made_up = f"203.0.113.{number}"
            headers = {
                "X-Forwarded-For": made_up,
                "Forwarded": f"for={made_up}",
                "X-Real-IP": made_up,
                "CF-Connecting-IP": made_up,
                "True-Client-IP": made_up,
            }
            found += await statuses(client, "/addressed", 1, headers=headers)
    assert found == [200, 200] + [429] * 48


async def test_26_behind_a_proxy_only_its_own_word_counts(started: MakeClient) -> None:
    settings = Settings(TRUSTED_PROXIES=["127.0.0.1"])
    async with started(nested, settings=settings) as client:
        found = []
        for number in range(4):
            # What the client made up comes first, what the proxy saw comes last.
            headers = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}
            found += await statuses(client, "/addressed", 1, headers=headers)
        assert found == [200, 200, 429, 429]
        other = {"X-Forwarded-For": "198.51.100.8"}
        assert await statuses(client, "/addressed", 1, headers=other) == [200]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_that_has_many_is_one_caller(host: str, expected: str) -> None:
    scope = {"type": "http", "client": (host, 1) if host else None, "headers": []}
    assert caller_address(HTTPConnection(scope)) == expected


async def test_redis_that_is_away_changes_no_status(started: MakeClient) -> None:
    settings = RedisSettings(REDIS_URL="redis://127.0.0.1:1/0")  # nobody listens there
    async with started(nested, settings=settings) as client:
        assert await statuses(client, "/addressed", 3) == [200, 200, 429]


async def test_decisions_are_counted(redis_settings: RedisSettings) -> None:
    app = create_app(redis_settings, title="T", version="1", routers=[nested])
    async with run(app, app.settings) as running, running.client() as client:
        await statuses(client, "/addressed", 3)
        metrics = (await client.get("/metrics")).text
    assert 'rate_limit_decisions_total{outcome="allowed"} 2.0' in metrics
    assert 'rate_limit_decisions_total{outcome="refused"} 1.0' in metrics


def test_a_limit_that_is_none_is_refused_when_it_is_declared() -> None:
    with pytest.raises(ValueError, match="is not a limit"):
        RateLimited("often")


def test_the_document_says_so() -> None:
    app = create_app(Settings(), title="T", version="1", routers=[nested])
    document: Any = app.openapi()
    validate(document)
    limited = document["paths"]["/api/shared/a"]["get"]["responses"]
    assert {"Retry-After", *NAMES} <= set(limited["429"]["headers"])
    assert set(NAMES) <= set(limited["200"]["headers"])
    assert "application/problem+json" in limited["429"]["content"]
    assert "429" in document["paths"]["/api/addressed"]["post"]["responses"]
    assert "429" not in document["paths"]["/api/free"]["get"]["responses"]
    assert "401" in document["paths"]["/api/principal"]["get"]["responses"]


async def test_each_test_begins_uncounted() -> None:
    """What the plugin does between tests, by hand."""
    app = create_app(Settings(), title="T", version="1", routers=[nested])
    async with run(app, app.settings) as running:
        for _ in range(2):
            await _used_up(running)
            running.state["limiter"].forget()


async def _used_up(running: Running) -> None:
    async with running.client() as client:
        assert await statuses(client, "/addressed", 3) == [200, 200, 429]
