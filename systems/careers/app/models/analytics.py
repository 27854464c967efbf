"""What can be learned of a search: interviews, and a count of everything each day."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import InterviewOutcome, InterviewType
from app.models.base import Base, Owned, Record, enum_column
from app.models.job import Application
from padstone.models import Identified, Timestamped

__all__ = ["AnalyticsSnapshot", "InterviewEvent"]


class InterviewEvent(Owned, Record):
    """One interview."""

    __tablename__ = "interview_events"
    __table_args__ = (CheckConstraint("ends_at >= starts_at", name="ends_after_it_starts"),)

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"),
        index=True,
        comment="The application it belongs to.",
    )
    interview_type: Mapped[InterviewType] = mapped_column(
        enum_column(InterviewType, "interview_type"), comment="What kind of meeting it is."
    )
    starts_at: Mapped[datetime] = mapped_column(index=True, comment="When it begins.")
    ends_at: Mapped[datetime | None] = mapped_column(comment="When it ends.")
    location: Mapped[str | None] = mapped_column(comment="Where it is.")
    meeting_url: Mapped[str | None] = mapped_column(comment="Where it is, online.")
    interviewers: Mapped[list[str]] = mapped_column(default=list, comment="Who asks.")
    outcome: Mapped[InterviewOutcome] = mapped_column(
        enum_column(InterviewOutcome, "interview_outcome"),
        default=InterviewOutcome.SCHEDULED,
        comment="What came of it.",
    )
    notes: Mapped[str | None] = mapped_column(comment="Its owner's own remarks.")

    application: Mapped[Application] = relationship(
        back_populates="interviews", lazy="raise", doc="The application it belongs to."
    )


class AnalyticsSnapshot(Identified, Owned, Timestamped, Base):
    """What there was at the end of one day. Taken by a schedule, and once a day at most."""

    __tablename__ = "analytics_snapshots"
    __table_args__ = (UniqueConstraint("user_id", "taken_on"),)

    taken_on: Mapped[date] = mapped_column(comment="The day, UTC.")
    postings_by_status: Mapped[dict[str, Any]] = mapped_column(
        comment="How many postings each status has."
    )
    applications_by_status: Mapped[dict[str, Any]] = mapped_column(
        comment="How many applications each status has."
    )
    submitted_count: Mapped[int] = mapped_column(comment="Applications that were sent.")
    responded_count: Mapped[int] = mapped_column(comment="Those that were reacted to.")
    interview_count: Mapped[int] = mapped_column(comment="Interviews, cancelled ones not counted.")
    offer_count: Mapped[int] = mapped_column(comment="Applications that came to an offer.")
    response_rate: Mapped[float | None] = mapped_column(
        Numeric(5, 4, asdecimal=False),
        comment="Reacted to, of those sent, 0 to 1; null where none was sent.",
    )
