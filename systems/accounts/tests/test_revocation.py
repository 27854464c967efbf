"""A6: a revoked key is refused by every process within a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from callers import MakeCaller
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AccountStatus
from padstone.testing.servers import ServerProcess

VALIDATE = "/api/v1/auth/validate"
PROMISE_SECONDS = 1.0


async def _status(server: ServerProcess, headers: dict[str, str]) -> int:
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as client:
        return int((await client.post(VALIDATE, headers=headers)).status_code)


async def _until_refused(server: ServerProcess, headers: dict[str, str]) -> float:
    began = time.monotonic()
    async with httpx2.AsyncClient(base_url=server.url, timeout=10) as client:
        while time.monotonic() < began + 10:
            if (await client.post(VALIDATE, headers=headers)).status_code == 401:
                return time.monotonic() - began
    raise AssertionError("the key is still accepted")


@pytest.mark.committed
async def test_a6_four_processes_refuse_a_revoked_key(
    server: Callable[..., Awaitable[list[ServerProcess]]],
    make_caller: MakeCaller,
    session: AsyncSession,
) -> None:
    servers = await server(processes=4)
    by_api, by_hand, suspended = [await make_caller() for _ in range(3)]
    for caller in (by_api, by_hand, suspended):
        statuses = [await _status(one, caller.headers) for one in servers]
        assert statuses == [200] * 4  # every process remembers it now

    async with httpx2.AsyncClient(base_url=servers[0].url) as client:
        await client.delete(f"/api/v1/keys/{by_api.key_id}", headers=by_api.headers)
    # Whoever writes the row, the processes hear of it.
    revoke = text("UPDATE api_keys SET revoked_at = now() WHERE account_id = :id")
    await session.execute(revoke, {"id": by_hand.account.id})
    suspend = text("UPDATE accounts SET status = :status WHERE id = :id")
    values = {"id": suspended.account.id, "status": AccountStatus.SUSPENDED}
    await session.execute(suspend, values)
    await session.commit()

    took = await asyncio.gather(
        *(
            _until_refused(one, caller.headers)
            for one in servers
            for caller in (by_api, by_hand, suspended)
        )
    )
    # Not a timing: within the time that a process remembers keys when it hears nothing, this
    # could not be.
    assert max(took) < PROMISE_SECONDS * 5
