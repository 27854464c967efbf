"""Promise 7, in short: nobody notices that the processes are replaced.

``tests/proofs/rolling_restarts.py`` does it twenty times, and with a load balancer, too.
"""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from padstone.db import Database
from streaming_system import LOG, Asking, Clients, Following, make_tables, write_system


async def test_promise_7_no_request_fails_while_workers_are_replaced(
    serve: Callable[..., Any], database: Database, blank_database: str, tmp_path: Path
) -> None:
    await make_tables(database)
    folder, run = write_system(tmp_path / "streaming"), uuid4()
    served = serve(
        "--workers", 2, at=folder, DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE="1"
    )
    await asyncio.to_thread(served.until_it_serves)

    def port() -> int:
        return int(served.port)

    busy = [Asking(port, think=0.02) for _ in range(2)]
    thinking = [Asking(port, think=0.4) for _ in range(4)]
    following = [Following(port, run) for _ in range(2)]
    async with Clients(*busy, *thinking, *following) as clients:
        await clients.until(lambda: all(one.answered for one in (*busy, *thinking)))
        appending = asyncio.create_task(append_until(database, run, served))
        served.process.send(signal.SIGHUP)
        count = await appending
        await clients.until(lambda: all(one.ended.is_set() for one in following))
        # All come again before they stop, or the restart would not have been tried.
        await clients.until(lambda: all(one.connected > 1 for one in (*busy, *thinking)))
        await clients.stop()
        assert clients.failures == []
    for one in following:
        assert one.seen == list(range(1, count + 1))
        assert one.kinds.count("shutdown") == one.connected - 1


async def append_until(database: Database, run: Any, served: Any) -> int:
    """Appends events until both workers have been replaced; how many."""

    async def append(kind: str) -> int:
        async with database.session() as session:
            return (await LOG.append(session, run, kind)).sequence

    async with asyncio.timeout(240):
        while served.process.output.count("Finished server process") < 2:
            await append("step")
            await asyncio.sleep(0.05)
    return await append("finished")
