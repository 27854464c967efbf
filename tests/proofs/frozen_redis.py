"""Promise 14 at full length: Redis stands still, and those who can do without it hardly notice.

    python tests/proofs/frozen_redis.py --seconds 60 --callers 16

A server with a cached route, a limited one and a plain one is asked without a pause, first with
Redis, then while Redis is frozen (SIGSTOP), then once it goes on. It fails where an answer is a
5xx, where the 99th percentile is more than 50 ms beyond what it was, or where a strict limit lets
through more than it does with Redis. It needs nothing running.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from padstone.testing.servers import ServerProcess
from valkeys import PrivateValkey

MOST_MS = 50.0
STRICT = 10
SERVER_ERROR = 500
CONFIG = """\
from typing import ClassVar

from padstone.settings import RedisSettings


class Settings(RedisSettings):
    SYSTEM: ClassVar[str] = "frozen"


settings = Settings()
"""
MAIN = f"""\
import asyncio

from fastapi import APIRouter
from padstone import create_app
from padstone.auth import RateLimited
from padstone.cache import CacheDep

from app.core.config import settings

router = APIRouter()


@router.get("/plain")
async def plain() -> str:
    return "here"


@router.get("/cached/{{number}}")
async def cached(number: int, cache: CacheDep) -> int:
    async def make() -> int:
        await asyncio.sleep(0.001)
        return number * 2

    return await cache.get_or_set(f"n:{{number}}", make, model=int, ttl=30)


@router.get("/limited", dependencies=[RateLimited("100000/minute", by="address")])
async def limited() -> str:
    return "here"


@router.get("/strict", dependencies=[RateLimited("{STRICT}/hour", by="address", strict=True)])
async def strict() -> str:
    return "here"


app = create_app(
    settings, title="Frozen", version="1", routers=[router], optional=["redis"]
)
"""
PATHS = ("/plain", "/cached/7", "/limited")


def write_system(folder: Path) -> Path:
    """The system's files."""
    files = {"app/__init__.py": "", "app/main.py": MAIN, "app/core/__init__.py": ""}
    for name, content in {**files, "app/core/config.py": CONFIG}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


class Load:
    """Callers that ask one thing after the other, and what they were answered."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def run(self, callers: int, seconds: float) -> None:
        """For so long."""
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(self._ask(end))

    async def _ask(self, end: float) -> None:
        for path in itertools.cycle(PATHS):
            if time.monotonic() > end:
                return
            began = time.perf_counter()
            answer = await self._client.get(path)
            self.times.append(time.perf_counter() - began)
            self.statuses[answer.status_code] += 1

    @property
    def failed(self) -> int:
        """How many answers were a 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= SERVER_ERROR)

    @property
    def p99_ms(self) -> float:
        """The 99th percentile."""
        return statistics.quantiles(self.times, n=100)[98] * 1000


async def strict_passes(client: httpx2.AsyncClient) -> int:
    """How many of many get through the strict limit."""
    answers = [await client.get("/strict") for _ in range(4 * STRICT)]
    if any(answer.status_code >= SERVER_ERROR for answer in answers):
        raise SystemExit("broken: the strict limit answered with a 5xx")
    return sum(answer.is_success for answer in answers)


async def prove(seconds: float, callers: int) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        valkey = PrivateValkey(folder)
        valkey.start()
        environment = {"ENVIRONMENT": "test", "REDIS_URL": valkey.url, "LOG_LEVEL": "ERROR"}
        server = ServerProcess(write_system(folder), environment, folder / "server.log")
        server.start()
        try:
            await server.ready("/health/live")
            await compare(valkey, server, seconds, callers)
        finally:
            await server.stop()
            valkey.stop()


async def compare(
    valkey: PrivateValkey, server: ServerProcess, seconds: float, callers: int
) -> None:
    """Measures before, meanwhile and after, and judges."""
    limits = httpx2.Limits(max_connections=callers)
    async with httpx2.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
        await Load(client).run(callers, 2)  # warm
        loads = [Load(client) for _ in range(3)]
        await loads[0].run(callers, min(seconds, 20))
        valkey.freeze()
        await loads[1].run(callers, seconds)
        passed = await strict_passes(client)
        valkey.thaw()
        await loads[2].run(callers, min(seconds, 10))
    before, meanwhile, after = loads
    failed = sum(
        count for load in loads for status, count in load.statuses.items() if status >= 500
    )
    sys.stdout.write(
        f"frozen for {seconds:.0f} s: {len(meanwhile.times)} requests, {failed} of all 5xx; p99 "
        f"{before.p99_ms:.1f} ms before, {meanwhile.p99_ms:.1f} ms meanwhile, "
        f"{after.p99_ms:.1f} ms after; a strict limit of {STRICT} let {passed} through\n"
    )
    if failed or meanwhile.p99_ms > before.p99_ms + MOST_MS or passed > STRICT:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--callers", type=int, default=16)
    given = parser.parse_args()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    asyncio.run(prove(given.seconds, given.callers))


if __name__ == "__main__":
    main()
