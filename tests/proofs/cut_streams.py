"""Promise 4 at full length: clients leave anywhere, and each stream is paid to the micro.

    python tests/proofs/cut_streams.py --streams 1000 --seed 1

One server of the assistant, whose upstream says after each answer what it counted. It fails where
an answer is not settled within five seconds of the upstream's end, where one micro differs, or
where the ledger does not add up. It needs nothing running.
"""

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx2
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant_system import Assistant, assistant, question
from padstone.testing.upstreams import Produced

LONGEST_SECONDS = 5.0
PATH = "/v1/chat/completions"


class Cuts:
    """Clients who leave, by chance."""

    def __init__(
        self, client: httpx2.AsyncClient, headers: list[dict[str, str]], seed: int
    ) -> None:
        self._client = client
        self._headers = headers
        self._chance = random.Random(seed)  # noqa: S311  # to be repeated
        self._turns = asyncio.Semaphore(100)

    async def one(self) -> None:
        """One who asks, hears a little, and leaves: before a word, in the middle, at the end."""
        said = f"{uuid4()} {'word ' * self._chance.randrange(20)}"
        model = f"double-{self._chance.randrange(3)}"
        events = self._chance.randrange(0, 90)
        body = question(model, said, max_tokens=40)
        headers = self._chance.choice(self._headers)
        async with (
            self._turns,
            self._client.stream("POST", PATH, json=body, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                raise SystemExit(f"broken: {answer.status_code} {await answer.aread()!r}")
            lines = answer.aiter_lines()
            for _ in range(events):
                if await anext(lines, None) is None:
                    break


async def settled(system: Assistant, count: int) -> float:
    """Waits until as many calls are closed; in how many seconds."""
    from app.models import MeteredCall

    began = time.monotonic()
    while time.monotonic() - began < 10 * LONGEST_SECONDS:
        async with system.database.read_session() as session:
            ended = select(func.count()).where(MeteredCall.status != "open")
            if await session.scalar(ended) == count:
                return time.monotonic() - began
        await asyncio.sleep(0.05)
    raise SystemExit("broken: some streams were never settled")


async def prove(streams: int, seed: int) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    models = {"double-0": "double?tokens=30&delay=0.005", "double-1": "double?tokens=3"}
    models["double-2"] = "double?tokens=90&delay=0.002"
    async with assistant(models, DATABASE_POOL_SIZE="5") as system:
        server = await system.start()
        people = [await system.rich_user(10**12) for _ in range(5)]  # each has a rate
        limits = httpx2.Limits(max_connections=200)
        began = time.monotonic()
        async with httpx2.AsyncClient(base_url=server.url, timeout=120, limits=limits) as client:
            cuts = Cuts(client, [who.headers for who in people], seed)
            await asyncio.gather(*(cuts.one() for _ in range(streams)))
        seconds = time.monotonic() - began
        heard = await system.upstreams.produced()
        while not all(one.ended for one in heard):
            await asyncio.sleep(0.02)
            heard = await system.upstreams.produced()
        await judge(system, heard_costs(heard), seconds, await settled(system, streams))


def heard_costs(heard: list[Produced]) -> list[tuple[int, int, int]]:
    """What each answer should have cost: tokens read and written, micros."""
    return sorted(
        (one.prompt_tokens, one.completion_tokens, one.prompt_tokens + 2 * one.completion_tokens)
        for one in heard
    )


async def judge(
    system: Assistant, truth: list[tuple[int, int, int]], seconds: float, wait: float
) -> None:
    """Compares the books with the upstream's own."""
    from app.models import MeteredCall
    from app.services.credits import ledger
    from padstone.credits import audit

    async with system.database.session() as session:
        rows = await session.execute(
            select(
                MeteredCall.prompt_tokens, MeteredCall.completion_tokens, MeteredCall.charged_micros
            )
        )
        books = sorted(tuple(row) for row in rows)
        wrong = await audit(session, ledger)
    difference = sum(row[2] for row in books) - sum(row[2] for row in truth)
    sys.stdout.write(
        f"{len(books)} streams cut in {seconds:.1f} s: {sum(row[2] for row in truth)} micros, "
        f"difference {difference}, last settled {wait:.2f} s after the upstream's end\n"
    )
    if books != truth or wrong or wait > LONGEST_SECONDS:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    asyncio.run(prove(given.streams, given.seed))


if __name__ == "__main__":
    main()
