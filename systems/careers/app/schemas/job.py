"""Job postings and applications over the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.core.vocabulary import ApplicationStatus, ExperienceType, JobSource, JobStatus, WorkMode
from app.schemas.base import Body, Email, LongText, Name, Patch, Read, Response, ShortText, Url
from app.schemas.order import Ordered
from padstone.errors import FieldError, ValidationError

__all__ = [
    "ApplicationCreate",
    "ApplicationHistory",
    "ApplicationResponse",
    "ApplicationStatusChangeResponse",
    "ApplicationStatusCreate",
    "ApplicationUpdate",
    "JobPostingCreate",
    "JobPostingHistory",
    "JobPostingResponse",
    "JobPostingStatusChangeResponse",
    "JobPostingStatusCreate",
    "JobPostingUpdate",
]

Salary = Annotated[int, Field(ge=0, le=10**12, examples=[6_500_000])]
Currency = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217.", examples=["EUR"])
]


class JobPostingFields(Ordered):
    """What is known of a posting."""

    in_order = (
        ("salary_min_minor", "salary_max_minor"),
        ("posted_on", "closes_on"),
    )

    title: Name = Field(examples=["Backend engineer"])
    company: Name = Field(examples=["Analytical Engines Ltd"])
    company_url: Url | None = None
    url: Url | None = Field(None, description="Where the posting stands.")
    job_source: JobSource = JobSource.OTHER
    location: Name | None = Field(None, examples=["Berlin"])
    work_mode: WorkMode | None = None
    experience_type: ExperienceType | None = None
    salary_min_minor: Salary | None = Field(
        None, description="The least that is paid a year, in minor units of the currency."
    )
    salary_max_minor: Salary | None = Field(
        None, description="The most that is paid a year, in minor units of the currency."
    )
    salary_currency: Currency | None = None
    posted_on: date | None = None
    closes_on: date | None = Field(None, description="The last day to apply.")
    description: LongText | None = Field(None, description="The posting's text.")
    notes: LongText | None = None

    @model_validator(mode="after")
    def _require_currency(self) -> Self:
        paid = self.salary_min_minor is not None or self.salary_max_minor is not None
        if paid and self.salary_currency is None:
            message = "must say in which currency the salary is"
            raise ValidationError(errors=[FieldError("body.salary_currency", message, "missing")])
        return self


class JobPostingCreate(JobPostingFields):
    """A posting to be saved. Its status begins as `saved`."""


class JobPostingUpdate(Patch, JobPostingFields):
    """What is to change of a posting. Its status changes by `/status`."""


class JobPostingResponse(Response):
    """A posting."""

    title: str
    company: str
    company_url: str | None
    url: str | None
    job_source: JobSource
    status: JobStatus
    location: str | None
    work_mode: WorkMode | None
    experience_type: ExperienceType | None
    salary_min_minor: int | None
    salary_max_minor: int | None
    salary_currency: str | None
    posted_on: date | None
    closes_on: date | None
    description: str | None
    notes: str | None


class JobPostingStatusCreate(Body):
    """A step to the next status."""

    status: JobStatus = Field(examples=["prepared"])
    note: ShortText | None = None


class JobPostingStatusChangeResponse(Read):
    """A step that was taken."""

    id: UUID
    from_status: JobStatus | None = Field(description="Null at the beginning.")
    to_status: JobStatus
    note: str | None
    created_at: datetime


class JobPostingHistory(Read):
    """The steps, the first one first."""

    items: list[JobPostingStatusChangeResponse]


class ApplicationFields(Body):
    """What is known of an application, besides what it is for."""

    resume_version_id: UUID | None = Field(None, description="The résumé that is sent.")
    cover_letter_id: UUID | None = Field(None, description="The letter that is sent.")
    contact_name: Name | None = None
    contact_email: Email | None = None
    next_step_on: date | None = Field(None, description="When to do something about it.")
    notes: LongText | None = None


class ApplicationCreate(ApplicationFields):
    """An application to be drafted. Its status begins as `draft`."""

    job_posting_id: UUID = Field(description="What is applied for.")


class ApplicationUpdate(Patch, ApplicationFields):
    """What is to change of an application. Its status changes by `/status`."""


class JobPostingBrief(Read):
    """What an application is for, in short."""

    id: UUID
    title: str
    company: str
    status: JobStatus


class ApplicationResponse(Response):
    """An application."""

    job_posting_id: UUID
    job_posting: JobPostingBrief | None = Field(description="What is applied for.")
    resume_version_id: UUID | None
    cover_letter_id: UUID | None
    status: ApplicationStatus
    submitted_at: datetime | None
    responded_at: datetime | None = Field(
        description="When the company first reacted: by an interview, an offer or a refusal."
    )
    contact_name: str | None
    contact_email: str | None
    next_step_on: date | None
    notes: str | None


class ApplicationStatusCreate(Body):
    """A step to the next status."""

    status: ApplicationStatus = Field(examples=["submitted"])
    note: ShortText | None = None


class ApplicationStatusChangeResponse(Read):
    """A step that was taken."""

    id: UUID
    from_status: ApplicationStatus | None = Field(description="Null at the beginning.")
    to_status: ApplicationStatus
    note: str | None
    created_at: datetime


class ApplicationHistory(Read):
    """The steps, the first one first."""

    items: list[ApplicationStatusChangeResponse]
