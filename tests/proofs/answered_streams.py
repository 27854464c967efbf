"""Promise 12 at full length, for answers of models: they leave others' latency alone.

    python tests/proofs/answered_streams.py --streams 500 --pool 5

One server of the assistant with a small pool answers that many streams at once. Another route,
which reads the database, is asked in turns without the streams and while all of them are open. It
fails where a connection is checked out while the streams are open, where a stream breaks, or where
the 99th percentile of the others is more than 1.1 times what it is without, by more than chance
explains. It needs nothing running.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1]))

from held_streams import MOST, p99, ratio_bound

from assistant_system import Assistant, assistant, question
from padstone.testing.servers import ServerProcess

PATH = "/v1/chat/completions"
OTHER = "/api/v1/conversations"


async def measure(client: httpx2.AsyncClient, headers: dict[str, str], count: int) -> list[float]:
    """How long each of so many requests takes, one after the other."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = await client.get(OTHER, headers=headers)
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"broken: a request was answered with {answer.status_code}")
    return times


class Streams:
    """Open answers."""

    def __init__(self, client: httpx2.AsyncClient, people: list[dict[str, str]]) -> None:
        self._client = client
        self._people = people
        self._turns = asyncio.Semaphore(20)  # who begin at the same time
        self.open = 0
        self.ended = 0

    async def one(self, number: int) -> None:
        """One, from its first word to [DONE]."""
        headers = self._people[number % len(self._people)]
        body = question("double", f"number {number}", max_tokens=10)
        begun = False
        await self._turns.acquire()
        async with self._client.stream("POST", PATH, json=body, headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and not begun:
                    begun = True
                    self.open += 1
                    self._turns.release()
                self.ended += line == "data: [DONE]"


async def in_use(client: httpx2.AsyncClient) -> int:
    """How many connections of the pool are checked out, as the metrics say."""
    text = (await client.get("/metrics")).text
    [line] = [line for line in text.splitlines() if "pool" in line and 'in_use"' in line]
    return int(float(line.rpartition(" ")[2]))


async def prove(streams: int, pool: int, requests: int, turns: int) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    models = {"double": f"double?tokens=2&delay={requests / 20}"}
    async with assistant(models, DATABASE_POOL_SIZE=str(pool)) as system:
        server = await system.start()
        people = [(await system.rich_user(10**12)).headers for _ in range(5)]
        await compare(system, server, people, (streams, requests, turns))


async def compare(
    system: Assistant,
    server: ServerProcess,
    people: list[dict[str, str]],
    counts: tuple[int, int, int],
) -> None:
    """Measures in turns, and judges."""
    streams, requests, turns = counts
    without: list[float] = []
    beside: list[float] = []
    held: list[int] = []
    ended = 0
    limits = httpx2.Limits(max_connections=streams + 10)
    async with httpx2.AsyncClient(base_url=server.url, timeout=300, limits=limits) as client:
        await measure(client, people[0], requests // 2)  # warm
        for _ in range(turns):
            without += await measure(client, people[0], requests)
            # Connections of their own: those of the turn before have stood idle for too long.
            async with (
                httpx2.AsyncClient(base_url=server.url, timeout=300, limits=limits) as streaming,
                asyncio.TaskGroup() as group,
            ):
                opened = Streams(streaming, people)
                for number in range(streams):
                    group.create_task(opened.one(number))
                while opened.open < streams:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(2)  # until the gauge has been read anew
                held.append(await in_use(client))
                beside += await measure(client, people[0], requests)
            ended += opened.ended
    ratio, surely = ratio_bound(without, beside)
    sys.stdout.write(
        f"{streams} answers, {turns} times, pool of {system.environment['DATABASE_POOL_SIZE']}: "
        f"{max(held)} connections held, {streams * turns - ended} broke off; "
        f"others' p99 {p99(without) * 1000:.1f} ms without, {p99(beside) * 1000:.1f} ms beside, "
        f"{ratio:.2f} times (by chance hardly below {surely:.2f})\n"
    )
    if max(held) or ended != streams * turns or surely > MOST:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--pool", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="in each turn")
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(prove(given.streams, given.pool, given.requests, given.turns))


if __name__ == "__main__":
    main()
