"""Promise 12 at full length: open streams hold no connection, and cost others next to nothing.

    python tests/proofs/held_streams.py --streams 500 --pool 5

One server with a small pool serves that many streams of kept events, each of its own. The same
requests are asked one after the other in turns, without the streams and with them, so that what
else the machine does meets both. It fails where a connection is checked out while all streams wait,
where an event does not reach its stream, or where the 99th percentile of the others' answers is
more than 1.1 times what it is without, by more than chance explains. It needs nothing running.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from uuid import UUID, uuid4

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from padstone.db import Database
from padstone.settings import DatabaseSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.servers import ServerProcess
from padstone.testing.services import test_services
from streaming_system import LOG, Clients, Following, make_tables, write_system

MOST = 1.1
RESAMPLES = 2000


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "streaming"


async def measure(client: httpx2.AsyncClient, count: int) -> list[float]:
    """How long each of so many requests takes, one after the other."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = await client.get("/one")
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"broken: a request was answered with {answer.status_code}")
    return times


async def still_in_use(client: httpx2.AsyncClient) -> int:
    """How many connections stay checked out: who has just read may be about to give one back."""
    counts = []
    for _ in range(20):
        counts.append((await client.get("/pool")).json()["in_use"])
        await asyncio.sleep(0.05)
    return min(counts)


def p99(times: Sequence[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(times, n=100)[98]


def ratio_bound(without: list[float], beside: list[float]) -> tuple[float, float]:
    """The ratio of the percentiles, and below which it hardly is by chance (bootstrap, 2.5 %)."""
    chance = random.Random(12)  # noqa: S311  # to be repeated
    ratios = sorted(
        p99(chance.choices(beside, k=len(beside))) / p99(chance.choices(without, k=len(without)))
        for _ in range(RESAMPLES)
    )
    return p99(beside) / p99(without), ratios[RESAMPLES // 40]


async def append(database: Database, runs: Sequence[UUID], kind: str) -> None:
    """One event for each stream."""
    for run in runs:
        async with database.session() as session:
            await LOG.append(session, run, kind)


async def prove(streams: int, pool: int, requests: int, turns: int) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    with tempfile.TemporaryDirectory() as name, test_services(f"proof{os.getpid()}") as services:
        folder = write_system(Path(name))
        async with DatabaseFactory(services.admin_url).blank() as url:
            database = Database(Settings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
            await make_tables(database)
            environment = {
                "ENVIRONMENT": "test",
                "DATABASE_URL": url,
                "DATABASE_POOL_SIZE": str(pool),
                "DATABASE_POOL_MIN_SIZE": "1",
                "LOG_LEVEL": "WARNING",
            }
            server = ServerProcess(folder, environment, Path(name) / "server.log")
            server.start()
            try:
                await server.ready("/health/live")
                await compare(database, server, streams, requests, turns)
            finally:
                await server.stop()
            await database.close()


async def compare(
    database: Database, server: ServerProcess, streams: int, requests: int, turns: int
) -> None:
    """Measures in turns, and judges."""
    without: list[float] = []
    beside: list[float] = []
    held: list[int] = []
    missed = 0
    async with httpx2.AsyncClient(base_url=server.url, timeout=60) as client:
        await measure(client, requests // 2)  # warm
        for _ in range(turns):
            without += await measure(client, requests)
            runs = [uuid4() for _ in range(streams)]
            following = [Following(lambda: server.port, run) for run in runs]
            async with Clients(*following) as clients:
                await clients.until(lambda f=following: all(one.connected for one in f))
                await append(database, runs, "step")
                await clients.until(lambda f=following: all(one.seen for one in f))
                held.append(await still_in_use(client))
                beside += await measure(client, requests)
                await append(database, runs, "finished")
                await clients.until(lambda f=following: all(one.ended.is_set() for one in f))
                missed += sum(one.seen != [1, 2] for one in following) + len(clients.failures)
    ratio, surely = ratio_bound(without, beside)
    sys.stdout.write(
        f"{streams} streams, {turns} times: {max(held)} connections held, {missed} events missed; "
        f"others' p99 {p99(without) * 1000:.1f} ms without, {p99(beside) * 1000:.1f} ms beside, "
        f"{ratio:.2f} times (by chance hardly below {surely:.2f})\n"
    )
    if max(held) or missed or surely > MOST:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--pool", type=int, default=5)
    parser.add_argument("--requests", type=int, default=500, help="in each turn")
    parser.add_argument("--turns", type=int, default=4)
    given = parser.parse_args()
    os.environ["ENVIRONMENT"] = "test"
    asyncio.run(prove(given.streams, given.pool, given.requests, given.turns))


if __name__ == "__main__":
    main()
