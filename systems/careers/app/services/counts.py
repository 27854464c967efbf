"""How many there are of everything: for the dashboard of one user and the snapshots of all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import ApplicationStatus, InterviewOutcome, JobStatus
from app.models import Application, ApplicationStatusChange, InterviewEvent, JobPosting

__all__ = ["Counts", "count", "is_visible"]

is_visible = Application.job_posting.has(JobPosting.deleted_at.is_(None))
"""An application whose posting is deleted is out of sight, until the posting is restored."""


@dataclass(slots=True)
class Counts:
    """What one user has."""

    postings_by_status: dict[JobStatus, int] = field(
        default_factory=lambda: dict.fromkeys(JobStatus, 0)
    )
    applications_by_status: dict[ApplicationStatus, int] = field(
        default_factory=lambda: dict.fromkeys(ApplicationStatus, 0)
    )
    submitted_count: int = 0
    responded_count: int = 0
    interview_count: int = 0
    offer_count: int = 0

    @property
    def response_rate(self) -> float | None:
        """Reacted to, of those sent, 0 to 1; ``None`` where none was sent."""
        if not self.submitted_count:
            return None
        return round(self.responded_count / self.submitted_count, 4)


async def count(session: AsyncSession, user_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """The counts of each of the users, with as many statements for all as for one."""
    found = {user_id: Counts() for user_id in user_ids}
    await _postings(session, found)
    await _applications(session, found)
    await _interviews(session, found)
    await _offers(session, found)
    return found


async def _postings(session: AsyncSession, found: dict[UUID, Counts]) -> None:
    rows = await session.execute(
        select(JobPosting.user_id, JobPosting.status, func.count())
        .where(JobPosting.user_id.in_(found))
        .group_by(JobPosting.user_id, JobPosting.status)
    )
    for user_id, status, number in rows:
        found[user_id].postings_by_status[status] = number


async def _applications(session: AsyncSession, found: dict[UUID, Counts]) -> None:
    rows = await session.execute(
        select(
            Application.user_id,
            Application.status,
            func.count(),
            func.count(Application.submitted_at),
            func.count(Application.responded_at),
        )
        .where(Application.user_id.in_(found), is_visible)
        .group_by(Application.user_id, Application.status)
    )
    for user_id, status, number, submitted, responded in rows:
        counts = found[user_id]
        counts.applications_by_status[status] = number
        counts.submitted_count += submitted
        counts.responded_count += responded


async def _interviews(session: AsyncSession, found: dict[UUID, Counts]) -> None:
    for user_id, number in await session.execute(
        select(InterviewEvent.user_id, func.count())
        .join(Application, InterviewEvent.application)
        .where(
            InterviewEvent.user_id.in_(found),
            InterviewEvent.outcome != InterviewOutcome.CANCELLED,
            Application.deleted_at.is_(None),
            is_visible,
        )
        .group_by(InterviewEvent.user_id)
    ):
        found[user_id].interview_count = number


async def _offers(session: AsyncSession, found: dict[UUID, Counts]) -> None:
    """Those that came to an offer, whatever became of it."""
    offered: Any = Application.status_changes.any(
        ApplicationStatusChange.to_status == ApplicationStatus.OFFER
    )
    for user_id, number in await session.execute(
        select(Application.user_id, func.count())
        .where(Application.user_id.in_(found), is_visible, offered)
        .group_by(Application.user_id)
    ):
        found[user_id].offer_count = number
