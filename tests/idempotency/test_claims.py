"""One claim against another, without HTTP."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from padstone.db import Database
from padstone.idempotency import IdempotencyInFlightError
from padstone.idempotency.claims import Claim

from .conftest import Record


def claim(session: AsyncSession, **changes: Any) -> Claim:
    values = {
        "principal": "ann",
        "operation": "POST /",
        "key": "k",
        "request_hash": hashlib.sha256(b"request").digest(),
        "lifetime": timedelta(hours=1),
    }
    return Claim(model=Record, session=session, **(values | changes))


async def test_one_claim_at_a_time_until_the_transaction_ends(tables: Database) -> None:
    async with tables.session() as first, tables.session() as second:
        assert await claim(first).take() is None
        with pytest.raises(IdempotencyInFlightError):
            await claim(second).take()
        for change in ({"key": "l"}, {"principal": "bob"}, {"operation": "POST /other"}):
            assert await claim(second, **change).take() is None
        await first.rollback()
        assert await claim(second).take() is None


async def test_what_the_last_holder_committed_is_seen(tables: Database) -> None:
    async with tables.session() as second:
        # Its transaction is older than what the first one commits.
        await second.execute(select(1))
        async with tables.session() as first:
            mine = claim(first)
            assert await mine.take() is None
            await mine.keep(Response(b"\x00\xff", 201, {"x-odd": "ü"}))
        stored = await claim(second).take()
    assert stored is not None
    assert (stored.status_code, stored.body, stored.headers["x-odd"]) == (201, b"\x00\xff", "ü")


async def test_an_answer_that_a_stricter_isolation_hides_is_not_overwritten(
    tables: Database,
) -> None:
    async with tables.session() as second:
        await second.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        await second.execute(select(1))
        async with tables.session() as first:
            mine = claim(first)
            await mine.take()
            await mine.keep(Response(b"first"))
        late = claim(second)
        assert await late.take() is None  # its snapshot is older
        with pytest.raises(Exception, match="could not serialize"):
            await late.keep(Response(b"second"))
        await second.rollback()
    async with tables.read_session() as session:
        assert (await session.scalars(select(Record.body))).all() == [b"first"]
