"""What is done now and then: by every process, or once for all by a worker."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.models import IdempotencyRecord
from app.services import snapshots
from app.services.jobs import jobs
from app.services.uploads import sweep_abandoned
from padstone.app import Periodic, answer_upkeep
from padstone.jobs import JobContext

__all__ = ["take_snapshots", "upkeep"]


@jobs.schedule("5 0 * * *", timeout=900)
async def take_snapshots(context: JobContext) -> None:
    """Keeps what everybody had at the end of the day that has just ended, UTC.

    A batch of users in a transaction of its own; a run that is repeated writes the same again.
    """
    day = (datetime.now(UTC) - timedelta(minutes=30)).date()
    last: UUID | None = None
    while True:
        async with context.session() as session:
            user_ids = await snapshots.users_after(session, last)
            await snapshots.take(session, user_ids, day)
        if not user_ids:
            return
        last = user_ids[-1]


async def _uploads(state: Mapping[str, Any]) -> None:
    async with state["database"].session() as session:
        await sweep_abandoned(session, state["storage"])


upkeep = (
    Periodic("abandoned uploads", every=300, work=_uploads),
    answer_upkeep(IdempotencyRecord),
)
