"""What there is at the end of each day, kept."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AnalyticsSnapshot, User
from app.services.counts import Counts, count
from padstone.ids import new_id

__all__ = ["BATCH", "take", "take_one", "users_after"]

BATCH = 500

_COUNTED = ("submitted_count", "responded_count", "interview_count", "offer_count")


async def users_after(session: AsyncSession, last: UUID | None) -> Sequence[UUID]:
    """The next users in the order of their ids; empty at the end."""
    statement = select(User.id).order_by(User.id).limit(BATCH)
    if last is not None:
        statement = statement.where(User.id > last)
    return (await session.scalars(statement)).all()


async def take(session: AsyncSession, user_ids: Sequence[UUID], day: date) -> None:
    """The users' snapshots of ``day``; one that was taken before is brought up to date."""
    rows = [_row(user_id, day, one) for user_id, one in (await count(session, user_ids)).items()]
    if not rows:
        return
    statement = insert(AnalyticsSnapshot).values(rows)
    kept = {"id", "user_id", "taken_on"}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[AnalyticsSnapshot.user_id, AnalyticsSnapshot.taken_on],
            set_={name: statement.excluded[name] for name in rows[0] if name not in kept},
        )
    )


async def take_one(session: AsyncSession, user_id: UUID, day: date) -> AnalyticsSnapshot:
    """One user's snapshot of ``day``, up to date."""
    await take(session, [user_id], day)
    found = await session.scalars(
        select(AnalyticsSnapshot).where(
            AnalyticsSnapshot.user_id == user_id, AnalyticsSnapshot.taken_on == day
        )
    )
    return found.one()


def _row(user_id: UUID, day: date, counts: Counts) -> dict[str, object]:
    values = asdict(counts)
    return {
        "id": new_id(),
        "user_id": user_id,
        "taken_on": day,
        "postings_by_status": values["postings_by_status"],
        "applications_by_status": values["applications_by_status"],
        **{name: values[name] for name in _COUNTED},
        "response_rate": counts.response_rate,
    }
