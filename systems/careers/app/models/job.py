"""Job postings, the applications for them, and what became of both."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.vocabulary import ApplicationStatus, ExperienceType, JobSource, JobStatus, WorkMode
from app.models.base import Base, Owned, Record, Versioned, enum_column
from app.models.resume import ResumeVersion
from padstone.models import Identified, search_vector, unique_living
from padstone.statuses import StatusChangeColumns

if TYPE_CHECKING:
    from app.models.analytics import InterviewEvent
    from app.models.email import EmailThread

__all__ = [
    "Application",
    "ApplicationStatusChange",
    "CoverLetter",
    "JobPosting",
    "JobPostingStatusChange",
]


class JobPosting(Owned, Record):
    """A job that somebody offers."""

    __tablename__ = "job_postings"
    __table_args__ = (
        CheckConstraint("salary_min_minor >= 0", name="salary_not_negative"),
        CheckConstraint("salary_max_minor >= salary_min_minor", name="salary_range"),
        CheckConstraint(
            "salary_currency IS NOT NULL OR coalesce(salary_min_minor, salary_max_minor) IS NULL",
            name="salary_has_a_currency",
        ),
        CheckConstraint("closes_on >= posted_on", name="closes_after_it_opens"),
    )

    title: Mapped[str] = mapped_column(comment="What is sought.")
    company: Mapped[str] = mapped_column(comment="Who seeks.")
    company_url: Mapped[str | None] = mapped_column(comment="The company's page.")
    url: Mapped[str | None] = mapped_column(comment="Where the posting stands.")
    job_source: Mapped[JobSource] = mapped_column(
        enum_column(JobSource, "job_source"), comment="Where it was found."
    )
    status: Mapped[JobStatus] = mapped_column(
        enum_column(JobStatus, "job_status"),
        default=JobStatus.SAVED,
        index=True,
        comment="How far its owner is with it.",
    )
    location: Mapped[str | None] = mapped_column(comment="Where the work is.")
    work_mode: Mapped[WorkMode | None] = mapped_column(
        enum_column(WorkMode, "work_mode"), comment="On site, hybrid or remote; null is unknown."
    )
    experience_type: Mapped[ExperienceType | None] = mapped_column(
        enum_column(ExperienceType, "experience_type"),
        comment="Full time, contract and so on; null is unknown.",
    )
    salary_min_minor: Mapped[int | None] = mapped_column(
        comment="The least that is paid a year, in minor units of the currency."
    )
    salary_max_minor: Mapped[int | None] = mapped_column(
        comment="The most that is paid a year, in minor units of the currency."
    )
    salary_currency: Mapped[str | None] = mapped_column(comment="ISO 4217.")
    posted_on: Mapped[date | None] = mapped_column(comment="Since when it is open.")
    closes_on: Mapped[date | None] = mapped_column(comment="The last day to apply.")
    description: Mapped[str | None] = mapped_column(comment="The posting's text.")
    notes: Mapped[str | None] = mapped_column(comment="Its owner's own remarks.")
    search_vector: Mapped[str] = search_vector("title", "company", "description", "notes")

    applications: Mapped[list["Application"]] = relationship(
        back_populates="job_posting",
        lazy="raise",
        order_by="Application.created_at",
        passive_deletes=True,
        doc="Applications for it, the first one first.",
    )
    cover_letters: Mapped[list["CoverLetter"]] = relationship(
        back_populates="job_posting",
        lazy="raise",
        order_by="CoverLetter.created_at",
        passive_deletes=True,
        doc="Letters that were written for it.",
    )
    status_changes: Mapped[list["JobPostingStatusChange"]] = relationship(
        back_populates="job_posting",
        lazy="raise",
        order_by="JobPostingStatusChange.id",
        passive_deletes=True,
        doc="How it came to its status, the first change first.",
    )


class Application(Owned, Record):
    """An application for one posting: what was sent, and how far it came."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name="submitted_ones_have_a_time",
        ),
        CheckConstraint("responded_at >= submitted_at", name="answer_after_submission"),
    )

    job_posting_id: Mapped[UUID] = mapped_column(
        ForeignKey("job_postings.id", ondelete="CASCADE"),
        index=True,
        comment="What is applied for.",
    )
    resume_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("resume_versions.id", ondelete="SET NULL"),
        index=True,
        comment="The résumé that was sent.",
    )
    cover_letter_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("cover_letters.id", ondelete="SET NULL"),
        index=True,
        comment="The letter that was sent.",
    )
    status: Mapped[ApplicationStatus] = mapped_column(
        enum_column(ApplicationStatus, "application_status"),
        default=ApplicationStatus.DRAFT,
        index=True,
        comment="How far it is.",
    )
    submitted_at: Mapped[datetime | None] = mapped_column(comment="When it was sent.")
    responded_at: Mapped[datetime | None] = mapped_column(
        comment="When the company first reacted: by an interview, an offer or a refusal."
    )
    contact_name: Mapped[str | None] = mapped_column(comment="Whom it was sent to.")
    contact_email: Mapped[str | None] = mapped_column(comment="That person's address.")
    next_step_on: Mapped[date | None] = mapped_column(comment="When to do something about it.")
    notes: Mapped[str | None] = mapped_column(comment="Its owner's own remarks.")
    search_vector: Mapped[str] = search_vector("contact_name", "notes")

    job_posting: Mapped[JobPosting] = relationship(
        back_populates="applications", lazy="raise", doc="What is applied for."
    )
    resume_version: Mapped[ResumeVersion | None] = relationship(
        back_populates="applications", lazy="raise", doc="The résumé that was sent."
    )
    cover_letter: Mapped["CoverLetter | None"] = relationship(
        back_populates="applications", lazy="raise", doc="The letter that was sent."
    )
    interviews: Mapped[list["InterviewEvent"]] = relationship(
        back_populates="application",
        lazy="raise",
        order_by="InterviewEvent.starts_at",
        passive_deletes=True,
        doc="Interviews, the first one first.",
    )
    email_threads: Mapped[list["EmailThread"]] = relationship(
        back_populates="application",
        lazy="raise",
        order_by="EmailThread.created_at",
        passive_deletes=True,
        doc="Correspondence about it.",
    )
    status_changes: Mapped[list["ApplicationStatusChange"]] = relationship(
        back_populates="application",
        lazy="raise",
        order_by="ApplicationStatusChange.id",
        passive_deletes=True,
        doc="How it came to its status, the first change first.",
    )


class CoverLetter(Owned, Versioned, Record):
    """One version of a letter. All versions of one letter share ``series_id``."""

    __tablename__ = "cover_letters"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        unique_living("cover_letters", "series_id", "version"),
        Index(
            "uq_cover_letters_active",
            "series_id",
            unique=True,
            postgresql_where=text("is_active AND deleted_at IS NULL"),
        ),
    )

    series_id: Mapped[UUID] = mapped_column(comment="The id of the letter's first version.")
    job_posting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("job_postings.id", ondelete="SET NULL"),
        index=True,
        comment="The posting it is written for; null: a letter to start from.",
    )
    title: Mapped[str] = mapped_column(comment="What its owner calls it.")
    content: Mapped[str] = mapped_column(comment="The letter's text.")

    job_posting: Mapped[JobPosting | None] = relationship(
        back_populates="cover_letters", lazy="raise", doc="The posting it is written for."
    )
    applications: Mapped[list[Application]] = relationship(
        back_populates="cover_letter",
        lazy="raise",
        passive_deletes=True,
        doc="Applications it was sent with.",
    )


class JobPostingStatusChange(Identified, StatusChangeColumns, Base):
    """One step of a posting's status; never changed, and gone only with its posting."""

    __tablename__ = "job_posting_status_changes"

    job_posting_id: Mapped[UUID] = mapped_column(
        ForeignKey("job_postings.id", ondelete="CASCADE"), index=True, comment="Whose status."
    )
    from_status: Mapped[JobStatus | None] = mapped_column(
        enum_column(JobStatus, "job_status"), comment="The status before; null at the beginning."
    )
    to_status: Mapped[JobStatus] = mapped_column(
        enum_column(JobStatus, "job_status"), comment="The status since."
    )

    job_posting: Mapped[JobPosting] = relationship(
        back_populates="status_changes", lazy="raise", doc="Whose status."
    )


class ApplicationStatusChange(Identified, StatusChangeColumns, Base):
    """One step of an application's status; never changed, and gone only with the application."""

    __tablename__ = "application_status_changes"

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"), index=True, comment="Whose status."
    )
    from_status: Mapped[ApplicationStatus | None] = mapped_column(
        enum_column(ApplicationStatus, "application_status"),
        comment="The status before; null at the beginning.",
    )
    to_status: Mapped[ApplicationStatus] = mapped_column(
        enum_column(ApplicationStatus, "application_status"), comment="The status since."
    )

    application: Mapped[Application] = relationship(
        back_populates="status_changes", lazy="raise", doc="Whose status."
    )
