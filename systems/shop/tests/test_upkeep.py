"""What every process does now and then."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import IdempotencyRecord
from app.services.upkeep import upkeep
from padstone.testing.running import Running


async def test_b6_answers_are_kept_for_their_time(session: AsyncSession, running: Running) -> None:
    now = datetime.now(UTC)
    for key, expires_at in (("old", now - timedelta(1)), ("new", now + timedelta(1))):
        session.add(
            IdempotencyRecord(
                principal="p",
                operation="POST /x",
                key=key,
                request_hash=bytes(32),
                status=201,
                headers=[],
                body=b"{}",
                expires_at=expires_at,
            )
        )
    await session.commit()
    [answers] = upkeep
    await answers.work(running.state)
    assert list(await session.scalars(select(IdempotencyRecord.key))) == ["new"]
