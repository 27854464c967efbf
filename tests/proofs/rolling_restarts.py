"""Promise 7 at full length: processes are replaced again and again, and nobody notices.

    python tests/proofs/rolling_restarts.py --restarts 20 --by workers
    python tests/proofs/rolling_restarts.py --restarts 20 --by balancer

By ``workers``, one command serves with two worker processes, which are replaced at SIGHUP. By
``balancer``, two commands serve behind clients that ask each for its readiness, like a load
balancer, and begin new connections where that is given; each in turn is ended by SIGTERM and
started again. Meanwhile clients keep their connections and ask, some without a pause and some now
and then, and others follow a stream of kept events. No client repeats a request. It fails where one
was not answered with 200, or an event was missed or seen twice. It needs nothing running.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar
from uuid import UUID, uuid4

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from padstone.db import Database
from padstone.settings import DatabaseSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.servers import free_port
from padstone.testing.services import test_services
from streaming_system import LOG, Asking, Clients, Following, make_tables, write_system

ENDED = "Finished server process"
DELAY_SECONDS = 5  # long enough for whoever looks five times a second on a busy machine


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "streaming"


class Server:
    """``padstone serve`` on a port of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], *options: object) -> None:
        self.port = free_port()
        self.is_ready = False
        self._folder = folder
        self._environment = environment
        self._options = options
        self.process = self._start()

    def _start(self) -> WatchedProcess:
        command = [sys.executable, "-m", "padstone", "serve", "--port", self.port, *self._options]
        return WatchedProcess(command, self._folder, self._environment)

    async def look(self) -> None:
        """Asks for its readiness, five times a second. Who does not answer in a second is not."""
        async with httpx2.AsyncClient(timeout=1) as client:
            while True:
                try:
                    answer = await client.get(f"http://127.0.0.1:{self.port}/health/ready")
                    self.is_ready = answer.status_code == 200
                except httpx2.TransportError:
                    self.is_ready = False
                await asyncio.sleep(0.2)

    async def replace(self) -> None:
        """Ends it as an operator would, and starts it again. Raises where it did not end well."""
        self.process.send(signal.SIGTERM)
        status = await asyncio.to_thread(self.process.ended)
        if status != 0:
            raise SystemExit(f"broken: a server ended with {status}")
        self.process.close()
        self.process = self._start()


async def by_workers(server: Server, restarts: int, until: Callable[..., Awaitable[None]]) -> None:
    """Replaces the two workers of one command, so many times."""
    for number in range(1, restarts + 1):
        server.process.send(signal.SIGHUP)
        await until(lambda wanted=2 * number: server.process.output.count(ENDED) >= wanted)


async def by_balancer(
    servers: list[Server], restarts: int, until: Callable[..., Awaitable[None]]
) -> None:
    """Ends and starts one command after the other, so many times."""
    for number in range(restarts):
        server = servers[number % len(servers)]
        await server.replace()
        await until(lambda server=server: server.is_ready)


@asynccontextmanager
async def looking(servers: list[Server]) -> AsyncIterator[None]:
    """Looks after the servers."""
    tasks = [asyncio.create_task(server.look()) for server in servers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def append(database: Database, run: UUID, stopped: asyncio.Event) -> int:
    """Appends an event every twentieth of a second; how many there were."""
    while not stopped.is_set():
        async with database.session() as session:
            await LOG.append(session, run, "step", {"at": time.time()})
        await asyncio.sleep(0.05)
    async with database.session() as session:
        return (await LOG.append(session, run, "finished")).sequence


async def prove(restarts: int, kind: str) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    with tempfile.TemporaryDirectory() as name, test_services(f"proof{os.getpid()}") as services:
        folder = write_system(Path(name))
        async with DatabaseFactory(services.admin_url).blank() as url:
            database = Database(Settings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
            await make_tables(database)
            environment = bare_environment(
                ENVIRONMENT="test",
                DATABASE_URL=url,
                LOG_LEVEL="INFO",
                SHUTDOWN_DELAY_SECONDS="0" if kind == "workers" else str(DELAY_SECONDS),
            )
            count, options = (1, ["--workers", 2]) if kind == "workers" else (2, [])
            servers = [Server(folder, environment, *options) for _ in range(count)]
            try:
                async with looking(servers):
                    await load(database, servers, restarts, kind)
            finally:
                for server in servers:
                    server.process.close()
            await database.close()


async def load(database: Database, servers: list[Server], restarts: int, kind: str) -> None:
    """Restarts under load, and judges."""

    def port() -> int:
        ready = [server.port for server in servers if server.is_ready]
        return random.choice(ready or [servers[0].port])  # noqa: S311  # nobody's secret

    async with asyncio.timeout(180):
        while not all(server.is_ready for server in servers):
            await asyncio.sleep(0.05)
    run, stopped = uuid4(), asyncio.Event()
    asking = [Asking(port, think=think) for think in (0, 0, 0.05, 0.05, 0.5, 0.5, 0.5, 0.5)]
    following = [Following(port, run) for _ in range(4)]
    began = time.monotonic()
    async with Clients(*asking, *following) as clients:
        appending = asyncio.create_task(append(database, run, stopped))
        if kind == "workers":
            await by_workers(servers[0], restarts, clients.until)
        else:
            await by_balancer(servers, restarts, clients.until)
        stopped.set()
        count = await appending
        await clients.until(lambda: all(one.ended.is_set() for one in following))
        await clients.stop()
    seconds = time.monotonic() - began
    missed = sum(one.seen != list(range(1, count + 1)) for one in following)
    sys.stdout.write(
        f"{restarts} restarts by {kind} in {seconds:.0f} s: "
        f"{sum(one.answered for one in asking)} requests on "
        f"{sum(one.connected for one in asking)} connections, {len(clients.failures)} failed; "
        f"{count} events, {sum(one.connected for one in following)} streams, "
        f"{missed} readers missed any\n"
    )
    if clients.failures or missed:
        raise SystemExit(f"broken: {clients.failures[:5]}")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--by", choices=["workers", "balancer"], default="workers")
    given = parser.parse_args()
    os.environ["ENVIRONMENT"] = "test"
    asyncio.run(prove(given.restarts, given.by))


if __name__ == "__main__":
    main()
