"""What can be learned of a search, in numbers. Days begin where the user lives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import FieldError, NotFoundError, ValidationError
from app.core.vocabulary import ApplicationStatus, InterviewOutcome, JobStatus
from app.models import (
    Application,
    ApplicationStatusChange,
    InterviewEvent,
    JobPosting,
    ResumeVersion,
    User,
)
from app.schemas.analytics import (
    Dashboard,
    Funnel,
    FunnelStage,
    InterviewEventResponse,
    ResponseRate,
    ResponseRates,
    Timeline,
    TimelinePoint,
)
from app.services.counts import count, is_visible

__all__ = ["Interval", "dashboard", "funnel", "response_rates", "timeline"]

MAX_POINTS = 400
UPCOMING = 5
SOON = timedelta(days=7)

STAGES = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.VIEWED,
    ApplicationStatus.PHONE_SCREEN,
    ApplicationStatus.TECHNICAL,
    ApplicationStatus.ONSITE,
    ApplicationStatus.OFFER,
    ApplicationStatus.ACCEPTED,
)


class Interval(StrEnum):
    """How long one point of a timeline is. A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


async def dashboard(session: AsyncSession, user_id: UUID) -> Dashboard:
    """How the search stands now."""
    zone = await _zone(session, user_id)
    today = datetime.now(zone).date()
    counts = (await count(session, [user_id]))[user_id]
    return Dashboard(
        postings_by_status=counts.postings_by_status,
        applications_by_status=counts.applications_by_status,
        submitted_count=counts.submitted_count,
        responded_count=counts.responded_count,
        interview_count=counts.interview_count,
        offer_count=counts.offer_count,
        response_rate=counts.response_rate,
        upcoming_interviews=await _upcoming(session, user_id),
        due_count=await _due(session, user_id, today),
        closing_soon_count=await _closing_soon(session, user_id, today),
    )


async def funnel(session: AsyncSession, user_id: UUID) -> Funnel:
    """How far applications came, whatever became of them in the end."""
    place = {stage: number for number, stage in enumerate(STAGES)}
    reached: dict[UUID, int] = {}
    ended = {ApplicationStatus.REJECTED: 0, ApplicationStatus.WITHDRAWN: 0}
    for application_id, status in await session.execute(
        select(ApplicationStatusChange.application_id, ApplicationStatusChange.to_status)
        .join(Application, ApplicationStatusChange.application)
        .where(
            Application.user_id == user_id,
            Application.deleted_at.is_(None),
            Application.submitted_at.is_not(None),
            is_visible,
        )
    ):
        if status in place:
            reached[application_id] = max(reached.get(application_id, 0), place[status])
        elif status in ended:
            ended[status] += 1
    stages = []
    for number, stage in enumerate(STAGES):
        came = sum(far >= number for far in reached.values())
        rate = round(came / len(reached), 4) if reached else None
        stages.append(FunnelStage(stage=stage, count=came, rate=rate))
    return Funnel(
        stages=stages,
        rejected_count=ended[ApplicationStatus.REJECTED],
        withdrawn_count=ended[ApplicationStatus.WITHDRAWN],
    )


async def timeline(
    session: AsyncSession, user_id: UUID, interval: Interval, since: date | None, until: date | None
) -> Timeline:
    """What happened from ``since`` to ``until``, both included: by default the last 12 intervals.

    Raises ``ValidationError`` for more than 400 points, and for an end before the beginning.
    """
    zone = await _zone(session, user_id)
    last = until or datetime.now(zone).date()
    first = since or _twelve_before(last, interval)
    starts = list(_starts(first, last, interval))
    counts: dict[date, dict[str, int]] = {start: {} for start in starts}
    rows = await session.execute(_happened(user_id, zone, interval, starts[0], last))
    for start, kind, number in rows:
        counts[start][kind] = number
    return Timeline(
        points=[
            TimelinePoint(
                starts_on=start,
                saved_count=counts[start].get("saved", 0),
                submitted_count=counts[start].get("submitted", 0),
                responded_count=counts[start].get("responded", 0),
                interview_count=counts[start].get("interview", 0),
            )
            for start in starts
        ]
    )


async def response_rates(session: AsyncSession, user_id: UUID) -> ResponseRates:
    """What became of applications by the version of the résumé that was sent with them."""
    submitted = func.count()
    responded = func.count(Application.responded_at)
    offered: Any = Application.status_changes.any(
        ApplicationStatusChange.to_status == ApplicationStatus.OFFER
    )
    days = func.extract("epoch", Application.responded_at - Application.submitted_at) / 86_400
    rows = await session.execute(
        select(
            Application.resume_version_id,
            func.max(ResumeVersion.label),
            submitted,
            responded,
            func.count().filter(offered),
            func.percentile_cont(0.5).within_group(days),
        )
        .outerjoin(ResumeVersion, ResumeVersion.id == Application.resume_version_id)
        .where(Application.user_id == user_id, Application.submitted_at.is_not(None), is_visible)
        .group_by(Application.resume_version_id)
        .order_by((responded * 1.0 / submitted).desc(), submitted.desc())
    )
    return ResponseRates(
        items=[
            ResponseRate(
                resume_version_id=version_id,
                label=label,
                submitted_count=sent,
                responded_count=answered,
                offer_count=offers,
                response_rate=round(answered / sent, 4),
                median_days_to_response=None if median is None else round(float(median), 1),
            )
            for version_id, label, sent, answered, offers, median in rows
        ]
    )


async def _zone(session: AsyncSession, user_id: UUID) -> ZoneInfo:
    name = await session.scalar(select(User.timezone).where(User.id == user_id))
    if name is None:
        raise NotFoundError
    return ZoneInfo(name)


async def _upcoming(session: AsyncSession, user_id: UUID) -> list[InterviewEventResponse]:
    found = await session.scalars(
        select(InterviewEvent)
        .join(Application, InterviewEvent.application)
        .where(
            InterviewEvent.user_id == user_id,
            InterviewEvent.starts_at > datetime.now(UTC),
            InterviewEvent.outcome == InterviewOutcome.SCHEDULED,
            Application.deleted_at.is_(None),
            is_visible,
        )
        .order_by(InterviewEvent.starts_at)
        .limit(UPCOMING)
    )
    return [InterviewEventResponse.model_validate(one) for one in found]


async def _due(session: AsyncSession, user_id: UUID, today: date) -> int:
    found = await session.scalar(
        select(func.count(Application.id)).where(
            Application.user_id == user_id, Application.next_step_on <= today, is_visible
        )
    )
    return found or 0


async def _closing_soon(session: AsyncSession, user_id: UUID, today: date) -> int:
    found = await session.scalar(
        select(func.count(JobPosting.id)).where(
            JobPosting.user_id == user_id,
            JobPosting.status.in_([JobStatus.SAVED, JobStatus.PREPARED]),
            JobPosting.closes_on.between(today, today + SOON),
        )
    )
    return found or 0


def _happened(
    user_id: UUID, zone: ZoneInfo, interval: Interval, first: date, last: date
) -> Select[Any]:
    """How much of each kind happened in each interval."""
    begins = datetime.combine(first, datetime.min.time(), zone)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)

    def of(kind: str, at: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(literal(kind).label("kind"), at.label("at")).where(
            at >= begins, at < ends, *conditions
        )

    own = (Application.user_id == user_id, Application.deleted_at.is_(None), is_visible)
    everything = union_all(
        of(
            "saved",
            JobPosting.created_at.expression,
            JobPosting.user_id == user_id,
            JobPosting.deleted_at.is_(None),
        ),
        of("submitted", Application.submitted_at.expression, *own),
        of("responded", Application.responded_at.expression, *own),
        of(
            "interview",
            InterviewEvent.starts_at.expression,
            InterviewEvent.user_id == user_id,
            InterviewEvent.deleted_at.is_(None),
            InterviewEvent.outcome != InterviewOutcome.CANCELLED,
            InterviewEvent.application.has(Application.deleted_at.is_(None) & is_visible),
        ),
    ).subquery()
    start = func.date(
        func.date_trunc(interval.value, func.timezone(zone.key, everything.c.at))
    ).label("start")
    return select(start, everything.c.kind, func.count()).group_by(start, everything.c.kind)


def _starts(first: date, last: date, interval: Interval) -> Iterator[date]:
    if last < first:
        message = "must not be before since"
        raise ValidationError(errors=[FieldError("query.until", message, "order")])
    start = _start_of(first, interval)
    for _ in range(MAX_POINTS):
        yield start
        start = _after(start, interval)
        if start > last:
            return
    message = f"is more than {MAX_POINTS} intervals ago; take longer ones, or a later beginning"
    raise ValidationError(errors=[FieldError("query.since", message, "too_many_points")])


def _start_of(day: date, interval: Interval) -> date:
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is Interval.MONTH else day


def _after(start: date, interval: Interval) -> date:
    if interval is Interval.MONTH:
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if interval is Interval.WEEK else 1)


def _twelve_before(last: date, interval: Interval) -> date:
    days = {Interval.DAY: 11, Interval.WEEK: 77, Interval.MONTH: 335}
    return last - timedelta(days=days[interval])
