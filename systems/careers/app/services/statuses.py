"""How far postings and applications are: which status may follow which, and what happened when."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import ApplicationStatus, JobStatus
from app.models import Application, ApplicationStatusChange, JobPosting, JobPostingStatusChange
from padstone.statuses import StatusMachine

__all__ = [
    "APPLICATION",
    "POSTING",
    "begin_application",
    "begin_posting",
    "change_application",
    "change_posting",
    "history_of_application",
    "history_of_posting",
]

_OPEN = [JobStatus.OFFER, JobStatus.REJECTED, JobStatus.CLOSED]

POSTING = StatusMachine(
    JobStatus.SAVED,
    {
        JobStatus.SAVED: [JobStatus.PREPARED, JobStatus.APPLIED, JobStatus.CLOSED],
        JobStatus.PREPARED: [JobStatus.SAVED, JobStatus.APPLIED, JobStatus.CLOSED],
        JobStatus.APPLIED: [JobStatus.INTERVIEWING, *_OPEN],
        JobStatus.INTERVIEWING: _OPEN,
        JobStatus.OFFER: [JobStatus.REJECTED, JobStatus.CLOSED],
        # A refusal may be taken back, and a closed posting opened again.
        JobStatus.REJECTED: [JobStatus.INTERVIEWING, JobStatus.CLOSED],
        JobStatus.CLOSED: [JobStatus.SAVED],
    },
)

_ENDS = [ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN]
_STAGES = [
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.VIEWED,
    ApplicationStatus.PHONE_SCREEN,
    ApplicationStatus.TECHNICAL,
    ApplicationStatus.ONSITE,
    ApplicationStatus.OFFER,
]

APPLICATION = StatusMachine(
    ApplicationStatus.DRAFT,
    {
        ApplicationStatus.DRAFT: [ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN],
        # A stage may be left out, and none is gone back to.
        **{stage: [*_STAGES[place + 1 :], *_ENDS] for place, stage in enumerate(_STAGES)},
        ApplicationStatus.OFFER: [ApplicationStatus.ACCEPTED, *_ENDS],
        ApplicationStatus.ACCEPTED: [],
        ApplicationStatus.REJECTED: [],
        ApplicationStatus.WITHDRAWN: [],
    },
)

# What an application's step means for its posting, where the posting is not as far yet.
_ADVANCES = {
    ApplicationStatus.SUBMITTED: JobStatus.APPLIED,
    ApplicationStatus.VIEWED: JobStatus.APPLIED,
    ApplicationStatus.PHONE_SCREEN: JobStatus.INTERVIEWING,
    ApplicationStatus.TECHNICAL: JobStatus.INTERVIEWING,
    ApplicationStatus.ONSITE: JobStatus.INTERVIEWING,
    ApplicationStatus.OFFER: JobStatus.OFFER,
    ApplicationStatus.REJECTED: JobStatus.REJECTED,
}
# To be viewed is no reaction: a company's software does that.
_RESPONSES = frozenset(
    {
        ApplicationStatus.PHONE_SCREEN,
        ApplicationStatus.TECHNICAL,
        ApplicationStatus.ONSITE,
        ApplicationStatus.OFFER,
        ApplicationStatus.REJECTED,
    }
)


def begin_posting(session: AsyncSession, posting: JobPosting) -> None:
    """Notes down a new posting's first status. Its row has been flushed."""
    session.add(JobPostingStatusChange(job_posting_id=posting.id, to_status=POSTING.initial))


def begin_application(session: AsyncSession, application: Application) -> None:
    """Notes down a new application's first status. Its row has been flushed."""
    session.add(
        ApplicationStatusChange(application_id=application.id, to_status=APPLICATION.initial)
    )


async def change_posting(
    session: AsyncSession, posting: JobPosting, wanted: JobStatus, note: str | None
) -> None:
    """Takes the step. ``StatusNotReachableError`` where it cannot be taken.

    The row is locked, so that of two steps at the same time one is judged by what the other left.
    """
    POSTING.require(posting.status, wanted)
    _step_posting(session, posting, wanted, note, datetime.now(UTC))
    await session.flush()


async def change_application(
    session: AsyncSession,
    application: Application,
    wanted: ApplicationStatus,
    note: str | None,
    *,
    at: datetime | None = None,
) -> None:
    """Takes the step, now or ``at``, which advances the posting too. The row is locked.

    ``StatusNotReachableError`` where the step cannot be taken.
    """
    APPLICATION.require(application.status, wanted)
    happened = at or datetime.now(UTC)
    _step_application(session, application, wanted, note, happened)
    posting = await session.get_one(
        JobPosting, application.job_posting_id, with_for_update=True, populate_existing=True
    )
    advanced = _ADVANCES.get(wanted)
    if advanced is not None and advanced in _ahead_of(posting.status):
        _step_posting(session, posting, advanced, note, happened)
    await session.flush()


async def history_of_posting(
    session: AsyncSession, posting_id: UUID
) -> Sequence[JobPostingStatusChange]:
    """How the posting came to its status, the first step first."""
    found = await session.scalars(
        select(JobPostingStatusChange)
        .where(JobPostingStatusChange.job_posting_id == posting_id)
        .order_by(JobPostingStatusChange.created_at, JobPostingStatusChange.id)
    )
    return found.all()


async def history_of_application(
    session: AsyncSession, application_id: UUID
) -> Sequence[ApplicationStatusChange]:
    """How the application came to its status, the first step first."""
    found = await session.scalars(
        select(ApplicationStatusChange)
        .where(ApplicationStatusChange.application_id == application_id)
        .order_by(ApplicationStatusChange.created_at, ApplicationStatusChange.id)
    )
    return found.all()


def _ahead_of(status: JobStatus) -> set[JobStatus]:
    """What may follow and is further on; nobody who applies goes back to looking."""
    return set(POSTING.following[status]) - {JobStatus.SAVED, JobStatus.PREPARED}


def _step_posting(
    session: AsyncSession,
    posting: JobPosting,
    wanted: JobStatus,
    note: str | None,
    happened: datetime,
) -> None:
    session.add(
        JobPostingStatusChange(
            job_posting_id=posting.id,
            from_status=posting.status,
            to_status=wanted,
            note=note,
            created_at=happened,
        )
    )
    posting.status = wanted


def _step_application(
    session: AsyncSession,
    application: Application,
    wanted: ApplicationStatus,
    note: str | None,
    happened: datetime,
) -> None:
    session.add(
        ApplicationStatusChange(
            application_id=application.id,
            from_status=application.status,
            to_status=wanted,
            note=note,
            created_at=happened,
        )
    )
    if wanted == ApplicationStatus.SUBMITTED:
        application.submitted_at = happened
    if wanted in _RESPONSES and application.responded_at is None:
        application.responded_at = happened
    application.status = wanted
