"""Promise 5 at full length: a server is killed with open holds, and each is closed once.

    python tests/proofs/killed_holds.py --holds 200

Two servers of the assistant. One answers as many streams and is killed in the middle of all of
them. It fails where the other has not closed all within a minute, where anything is closed twice,
where more is paid than the upstream produced, or where the ledger does not add up.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

import httpx2
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant_system import Assistant, assistant, question

LONGEST_SECONDS = 60.0
PATH = "/v1/chat/completions"


class Listeners:
    """Clients who read until their server is gone."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers
        self._turns = asyncio.Semaphore(20)  # who begin at the same time
        self.begun = 0

    async def one(self, number: int) -> None:
        """One stream; it counts as begun when something was said."""
        body = question("double", f"number {number}", max_tokens=1000)
        await self._turns.acquire()
        try:
            async with self._client.stream(
                "POST", PATH, json=body, headers=self._headers
            ) as answer:
                if answer.status_code != 200:
                    raise SystemExit(f"broken: {answer.status_code} {await answer.aread()!r}")
                await self._listen(answer)
        except httpx2.TransportError:
            return  # it was killed

    async def _listen(self, answer: httpx2.Response) -> None:
        heard = 0
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                heard += 1
                if heard == 3:  # the role, and some words
                    self.begun += 1
                    self._turns.release()


async def open_calls(system: Assistant) -> int:
    """How many calls are open."""
    from app.models import MeteredCall

    async with system.database.read_session() as session:
        found = select(func.count()).where(MeteredCall.status == "open")
        return int(await session.scalar(found) or 0)


async def prove(holds: int, noted: float) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    models = {"double": "double?tokens=1000&delay=0.5"}
    async with assistant(models, DATABASE_POOL_SIZE="5") as system:
        doomed, _ = await system.start(), await system.start()
        who = await system.rich_user(10**12)
        limits = httpx2.Limits(max_connections=2 * holds)
        async with httpx2.AsyncClient(base_url=doomed.url, timeout=120, limits=limits) as client:
            listeners = Listeners(client, who.headers)
            tasks = [asyncio.create_task(listeners.one(number)) for number in range(holds)]
            while listeners.begun < holds and not any(task.done() for task in tasks):
                await asyncio.sleep(0.05)
            await asyncio.sleep(noted)  # so that most have been noted
            await doomed.kill()
            killed = time.monotonic()
            left = await open_calls(system)
            await asyncio.gather(*tasks)
        while await open_calls(system) and time.monotonic() - killed < 2 * LONGEST_SECONDS:
            await asyncio.sleep(0.1)
        await judge(system, holds, left, time.monotonic() - killed)


async def judge(system: Assistant, holds: int, left: int, seconds: float) -> None:
    """Compares the books with what was produced."""
    from app.models import CreditEntry, CreditHold, MeteredCall
    from app.services.credits import ledger
    from padstone.credits import audit

    produced = sum(one.completion_tokens for one in await system.upstreams.produced())
    async with system.database.session() as session:
        by_status = await session.execute(
            select(MeteredCall.status, func.count(), func.sum(MeteredCall.completion_tokens))
            .group_by(MeteredCall.status)
            .order_by(MeteredCall.status)
        )
        calls = [tuple(row) for row in by_status]
        held = await session.scalar(select(func.count()).where(CreditHold.status == "open"))
        closing = select(func.count()).where(CreditEntry.kind.in_(["capture", "release"]))
        closed = await session.scalar(closing)
        wrong = await audit(session, ledger)
    paid = sum(int(row[2]) for row in calls)
    sys.stdout.write(
        f"{left} of {holds} holds were open at the kill, all closed after {seconds:.1f} s: "
        f"{calls}; {closed} closed in the ledger, {held} still held; "
        f"{paid} tokens paid of {produced} produced\n"
    )
    is_broken = left != holds or held or closed != holds or wrong or seconds > LONGEST_SECONDS
    # What is noted is an estimate by characters: five of them are a word here, and a token is four.
    if is_broken or paid > 2 * produced:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--holds", type=int, default=200)
    parser.add_argument("--noted", type=float, default=6.0, help="seconds before the kill")
    given = parser.parse_args()
    asyncio.run(prove(given.holds, given.noted))


if __name__ == "__main__":
    main()
