"""Interviews, counts and rates over the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.core.vocabulary import ApplicationStatus, InterviewOutcome, InterviewType, JobStatus
from app.schemas.base import LongText, Name, Patch, Read, Response, Url
from app.schemas.order import Ordered

__all__ = [
    "Dashboard",
    "Funnel",
    "FunnelStage",
    "InterviewEventCreate",
    "InterviewEventResponse",
    "InterviewEventUpdate",
    "ResponseRate",
    "ResponseRates",
    "SnapshotResponse",
    "Timeline",
    "TimelinePoint",
]


class InterviewEventFields(Ordered):
    """What is known of an interview, besides what it belongs to."""

    in_order = (("starts_at", "ends_at"),)

    interview_type: InterviewType = Field(examples=["phone_screen"])
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    location: Name | None = None
    meeting_url: Url | None = None
    interviewers: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
    outcome: InterviewOutcome = InterviewOutcome.SCHEDULED
    notes: LongText | None = None


class InterviewEventCreate(InterviewEventFields):
    """An interview to be noted down."""

    application_id: UUID = Field(description="The application it belongs to.")


class InterviewEventUpdate(Patch, InterviewEventFields):
    """What is to change of an interview."""


class InterviewEventResponse(Response):
    """An interview."""

    application_id: UUID
    interview_type: InterviewType
    starts_at: datetime
    ends_at: datetime | None
    location: str | None
    meeting_url: str | None
    interviewers: list[str]
    outcome: InterviewOutcome
    notes: str | None


class Dashboard(Read):
    """How the search stands, in one look."""

    postings_by_status: dict[JobStatus, int]
    applications_by_status: dict[ApplicationStatus, int]
    submitted_count: int = Field(description="Applications that were sent.")
    responded_count: int = Field(description="Those that were reacted to.")
    interview_count: int = Field(description="Interviews, cancelled ones not counted.")
    offer_count: int = Field(description="Applications that came to an offer.")
    response_rate: float | None = Field(
        description="Reacted to, of those sent, 0 to 1; null where none was sent."
    )
    upcoming_interviews: list[InterviewEventResponse] = Field(
        description="The next five that are still to come."
    )
    due_count: int = Field(description="Applications whose next step is today or overdue.")
    closing_soon_count: int = Field(
        description="Postings not applied for yet that close within seven days."
    )


class FunnelStage(Read):
    """How many applications came at least so far."""

    stage: ApplicationStatus
    count: int
    rate: float | None = Field(description="Of those submitted, 0 to 1; null where none was.")


class Funnel(Read):
    """How far applications came, whatever became of them in the end."""

    stages: list[FunnelStage]
    rejected_count: int
    withdrawn_count: int


class TimelinePoint(Read):
    """What happened in one day, week or month."""

    starts_on: date
    saved_count: int = Field(description="Postings that were saved.")
    submitted_count: int = Field(description="Applications that were sent.")
    responded_count: int = Field(description="Applications that were first reacted to.")
    interview_count: int = Field(description="Interviews, cancelled ones not counted.")


class Timeline(Read):
    """What happened when, without gaps."""

    points: list[TimelinePoint]


class ResponseRate(Read):
    """What became of the applications with one version of a résumé."""

    resume_version_id: UUID | None = Field(description="Null: sent without a résumé from here.")
    label: str | None
    submitted_count: int
    responded_count: int
    offer_count: int
    response_rate: float = Field(description="Reacted to, of those sent, 0 to 1.")
    median_days_to_response: float | None


class ResponseRates(Read):
    """Which résumé works best, the most answered first."""

    items: list[ResponseRate]


class SnapshotResponse(Read):
    """What there was on one day."""

    id: UUID
    taken_on: date
    postings_by_status: dict[str, int]
    applications_by_status: dict[str, int]
    submitted_count: int
    responded_count: int
    interview_count: int
    offer_count: int
    response_rate: float | None
    created_at: datetime
    updated_at: datetime
