"""The guide's cache and limits work as they are printed."""

import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import APIRouter
from sqlalchemy.orm import DeclarativeBase, Mapped

from padstone.app import create_app
from padstone.models import Identified, TableBase, new_metadata
from padstone.ratelimit import Limit, RateLimiter, Verdict
from padstone.settings import RedisSettings
from padstone.testing.running import run

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "redis.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class Product(Identified, Base):
    __tablename__ = "products"
    name: Mapped[str]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    models: Any = ModuleType("models")
    models.Product = Product
    monkeypatch.setitem(sys.modules, "models", models)

    def make(name: str) -> Any:
        made = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made)
        exec(compile(SNIPPETS[f"{name}.py"], name, "exec"), made.__dict__)  # noqa: S102  # it is what is tested
        return made

    return make


@pytest_asyncio.fixture
async def client(
    module: Callable[[str], Any], redis_settings: RedisSettings, blank_database: str
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = module("settings").Settings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        REDIS_URL=redis_settings.REDIS_URL,
        REDIS_PREFIX=redis_settings.REDIS_PREFIX,
    )
    routers: list[APIRouter] = [module("routes").router, module("visits").router]
    app = create_app(settings, title="Shop", version="1", routers=routers)
    async with run(app, settings) as running, running.client() as opened:
        async with running.state["database"].engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield opened


async def test_the_cache(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/products")).json() == []
    await client.post("/products", params={"name": "a"})
    for _ in range(3):
        assert [item["name"] for item in (await client.get("/products")).json()] == ["a"]
    metrics = (await client.get("/metrics")).text
    assert 'cache_requests_total{outcome="miss"} 2.0' in metrics
    assert 'cache_requests_total{outcome="hit"} 2.0' in metrics


async def test_the_headers(client: httpx2.AsyncClient) -> None:
    printed = dict(re.findall(r"^(RateLimit-\w+): (.*)$", GUIDE, re.MULTILINE))
    answer = await client.post("/products", params={"name": "a"})
    assert {name: answer.headers[name] for name in printed} == printed
    statuses = [
        (await client.post("/products", params={"name": "a"})).status_code for _ in range(5)
    ]
    assert statuses == [200] * 4 + [429]


async def test_the_door(client: httpx2.AsyncClient) -> None:
    assert [(await client.post("/visits")).json() for _ in range(2)] == [1, 2]


async def test_counting_by_cost(module: Callable[[str], Any]) -> None:
    may_use = module("counting").may_use
    limiter = RateLimiter()
    assert await may_use(limiter, "ann", 900_000)
    assert not await may_use(limiter, "ann", 200_000)
    assert await may_use(limiter, "bob", 200_000)


@pytest.mark.parametrize("text", re.findall(r"`(\d+/[\w ]+)`", GUIDE))
def test_the_limits_that_are_named(text: str) -> None:
    assert Limit.parse(text).amount
    assert set(Verdict.__annotations__) >= {"allowed", "remaining", "retry_after"}


@pytest.mark.parametrize("name", re.findall(r"`((?:REDIS|RATE)_[A-Z_]+)`", GUIDE))
def test_the_settings_that_are_named(name: str) -> None:
    assert name in RedisSettings.model_fields
