"""Résumés and their sections over the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.vocabulary import DegreeType, ExperienceType, SkillCategory
from app.schemas.base import (
    Body,
    Email,
    LongText,
    Name,
    Patch,
    Phone,
    Read,
    Response,
    ShortText,
    Url,
)
from app.schemas.order import Ordered

__all__ = [
    "CertificationCreate",
    "CertificationResponse",
    "CertificationUpdate",
    "EducationCreate",
    "EducationResponse",
    "EducationUpdate",
    "MasterResumeCreate",
    "MasterResumeResponse",
    "MasterResumeUpdate",
    "SkillCreate",
    "SkillResponse",
    "SkillUpdate",
    "WorkExperienceCreate",
    "WorkExperienceResponse",
    "WorkExperienceUpdate",
]

CountryCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["DE"], description="ISO 3166-1.")
]
Points = Annotated[list[Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=50)]
"""Bullet points."""


class Profile(Body):
    """An account elsewhere."""

    network: Name = Field(examples=["GitHub"])
    username: Name | None = Field(None, examples=["ada"])
    url: Url | None = None


class ProfileResponse(Read):
    """An account elsewhere."""

    network: str | None = None
    username: str | None = None
    url: str | None = None


class MasterResumeFields(Body):
    """What its owner says of a résumé."""

    title: Name = Field(description="What its owner calls it.", examples=["Backend, English"])
    full_name: Name = Field(description="The name at its head.", examples=["Ada Lovelace"])
    label: Name | None = Field(
        None, description="The line below the name.", examples=["Backend engineer"]
    )
    email: Email | None = None
    phone: Phone | None = None
    url: Url | None = None
    summary: LongText | None = None
    city: Name | None = Field(None, examples=["Berlin"])
    region: Name | None = None
    country_code: CountryCode | None = None
    profiles: Annotated[list[Profile], Field(max_length=20)] = Field(default_factory=list)


class MasterResumeCreate(MasterResumeFields):
    """A résumé to be made."""


class MasterResumeUpdate(Patch, MasterResumeFields):
    """What is to change of a résumé."""


class MasterResumeResponse(Response):
    """A résumé without its sections; `/json-resume` below it has everything in one document."""

    title: str
    full_name: str
    label: str | None
    email: str | None
    phone: str | None
    url: str | None
    summary: str | None
    city: str | None
    region: str | None
    country_code: str | None
    profiles: list[ProfileResponse]


class WorkExperienceFields(Ordered):
    """What its owner says of a job."""

    in_order = (("start_date", "end_date"),)

    experience_type: ExperienceType = ExperienceType.FULL_TIME
    company: Name = Field(examples=["Analytical Engines Ltd"])
    position: Name = Field(examples=["Programmer"])
    company_description: ShortText | None = None
    url: Url | None = None
    location: Name | None = None
    start_date: date | None = None
    end_date: date | None = Field(None, description="The last day; null while it goes on.")
    summary: LongText | None = None
    highlights: Points = Field(default_factory=list)


class WorkExperienceCreate(WorkExperienceFields):
    """A job to be added to a résumé."""


class WorkExperienceUpdate(Patch, WorkExperienceFields):
    """What is to change of a job."""


class WorkExperienceResponse(Response):
    """A job in a résumé."""

    resume_id: UUID
    experience_type: ExperienceType
    company: str
    position: str
    company_description: str | None
    url: str | None
    location: str | None
    start_date: date | None
    end_date: date | None
    summary: str | None
    highlights: list[str]


class EducationFields(Ordered):
    """What its owner says of a time of study."""

    in_order = (("start_date", "end_date"),)

    institution: Name = Field(examples=["University of London"])
    degree_type: DegreeType = Field(examples=["bachelor"])
    study_type: Name | None = Field(
        None, description="The degree as it is called there.", examples=["BSc (Hons)"]
    )
    area: Name | None = Field(None, examples=["Mathematics"])
    url: Url | None = None
    start_date: date | None = None
    end_date: date | None = Field(None, description="The last day, or the expected one.")
    score: Name | None = Field(None, examples=["1.3"])
    courses: Points = Field(default_factory=list)


class EducationCreate(EducationFields):
    """A time of study to be added to a résumé."""


class EducationUpdate(Patch, EducationFields):
    """What is to change of a time of study."""


class EducationResponse(Response):
    """A time of study in a résumé."""

    resume_id: UUID
    institution: str
    degree_type: DegreeType
    study_type: str | None
    area: str | None
    url: str | None
    start_date: date | None
    end_date: date | None
    score: str | None
    courses: list[str]


class SkillFields(Body):
    """What its owner says of a skill."""

    name: Name = Field(description="Once in a résumé.", examples=["Python"])
    skill_category: SkillCategory = Field(examples=["programming_language"])
    level: Name | None = Field(None, description="How well, in words.", examples=["Advanced"])
    years: Annotated[float, Field(ge=0, le=80, multiple_of=0.5)] | None = Field(
        None, description="For how many years it was used.", examples=[4.5]
    )
    keywords: Points = Field(default_factory=list)


class SkillCreate(SkillFields):
    """A skill to be added to a résumé."""


class SkillUpdate(Patch, SkillFields):
    """What is to change of a skill."""


class SkillResponse(Response):
    """A skill in a résumé."""

    resume_id: UUID
    name: str
    skill_category: SkillCategory
    level: str | None
    years: float | None
    keywords: list[str]


class CertificationFields(Ordered):
    """What its owner says of a certificate."""

    in_order = (("issued_on", "expires_on"),)

    name: Name = Field(examples=["PostgreSQL 18 Professional"])
    issuer: Name | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    certificate_number: Name | None = Field(None, description="The issuer's number for it.")
    url: Url | None = Field(None, description="Where it can be verified.")


class CertificationCreate(CertificationFields):
    """A certificate to be added to a résumé."""


class CertificationUpdate(Patch, CertificationFields):
    """What is to change of a certificate."""


class CertificationResponse(Response):
    """A certificate in a résumé."""

    resume_id: UUID
    name: str
    issuer: str | None
    issued_on: date | None
    expires_on: date | None
    certificate_number: str | None
    url: str | None
