"""JSON Resume, schema 1.0.0 (https://jsonresume.org/schema), for import and export.

Every field of the standard is known. Fields beyond it, which the standard allows, are refused with
their names, so that nothing is lost without a word.
"""

import re
from calendar import monthrange
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from app.schemas.base import Body, Email, LongText, Name, ShortText, Url

__all__ = ["JsonResume", "JsonResumeImport", "first_day", "last_day"]

_PATTERN = r"^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


def _dated(value: str) -> str:
    try:
        first_day(value)
    except ValueError:
        message = "must be a year, a month or a day, such as 2024, 2024-06 or 2024-06-29"
        raise PydanticCustomError("date", message) from None
    return value


def first_day(text: str) -> date:
    """The first day of the year, month or day that ``text`` names. ``ValueError`` for others."""
    if not re.match(_PATTERN, text):
        raise ValueError("no date of ISO 8601")
    return date.fromisoformat((text + "-01-01")[:10])


def last_day(text: str) -> date:
    """The last day of the year, month or day that ``text`` names. ``ValueError`` for others."""
    begins = first_day(text)
    if len(text) == len("2024"):
        return begins.replace(month=12, day=31)
    if len(text) == len("2024-06"):
        return begins.replace(day=monthrange(begins.year, begins.month)[1])
    return begins


Date = Annotated[
    str,
    AfterValidator(_dated),
    Field(examples=["2024-06-29"], json_schema_extra={"pattern": _PATTERN}),
]
"""ISO 8601: a day, a month or a year."""

Lines = Annotated[list[Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=50)]
Rest = Annotated[str, StringConstraints(max_length=1000)]


class Part(Body):
    """A part of the document, in the standard's spelling."""

    model_config = ConfigDict(alias_generator=to_camel)


class Location(Part):
    """Where somebody lives."""

    address: Rest | None = None
    postal_code: Rest | None = None
    city: Name | None = None
    country_code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    region: Name | None = None


class Profile(Part):
    """An account elsewhere."""

    network: Name
    username: Name | None = None
    url: Url | None = None


class Basics(Part):
    """The head of the document."""

    name: Name
    label: Name | None = None
    image: Rest | None = None
    email: Email | None = None
    phone: Rest | None = None
    url: Url | None = None
    summary: LongText | None = None
    location: Location | None = None
    profiles: Annotated[list[Profile], Field(max_length=20)] | None = None


class Work(Part):
    """A job."""

    name: Name
    location: Name | None = None
    description: ShortText | None = None
    position: Name
    url: Url | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    summary: LongText | None = None
    highlights: Lines | None = None


class Volunteer(Part):
    """Voluntary work."""

    organization: Name
    position: Name
    url: Url | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    summary: LongText | None = None
    highlights: Lines | None = None


class Study(Part):
    """A time of study."""

    institution: Name
    url: Url | None = None
    area: Name | None = None
    study_type: Name | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    score: Name | None = None
    courses: Lines | None = None


class Award(Part):
    """An award."""

    title: Rest | None = None
    date: Date | None = None
    awarder: Rest | None = None
    summary: LongText | None = None


class Certificate(Part):
    """A certificate."""

    name: Name
    date: Date | None = None
    url: Url | None = None
    issuer: Name | None = None


class Publication(Part):
    """A publication."""

    name: Rest | None = None
    publisher: Rest | None = None
    release_date: Date | None = None
    url: Url | None = None
    summary: LongText | None = None


class Skill(Part):
    """A skill."""

    name: Name
    level: Name | None = None
    keywords: Lines | None = None


class Language(Part):
    """A language that is spoken."""

    language: Name
    fluency: Name | None = None


class Interest(Part):
    """An interest."""

    name: Rest | None = None
    keywords: Lines | None = None


class Reference(Part):
    """What somebody says."""

    name: Rest | None = None
    reference: LongText | None = None


class Project(Part):
    """A project."""

    name: Rest | None = None
    description: LongText | None = None
    highlights: Lines | None = None
    keywords: Lines | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    url: Url | None = None
    roles: Lines | None = None
    entity: Rest | None = None
    type: Rest | None = None


class Meta(Part):
    """About the document itself."""

    canonical: Rest | None = None
    version: Rest | None = None
    last_modified: Rest | None = None


class JsonResume(Part):
    """A résumé, as other programs write and read it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "basics": {"name": "Ada Lovelace", "label": "Programmer"},
                    "work": [{"name": "Analytical Engines Ltd", "position": "Programmer"}],
                    "skills": [{"name": "Python", "level": "Advanced"}],
                }
            ]
        }
    )

    schema_: Rest | None = Field(None, alias="$schema")
    basics: Basics
    work: Annotated[list[Work], Field(max_length=100)] | None = None
    volunteer: Annotated[list[Volunteer], Field(max_length=100)] | None = None
    education: Annotated[list[Study], Field(max_length=100)] | None = None
    awards: Annotated[list[Award], Field(max_length=100)] | None = None
    certificates: Annotated[list[Certificate], Field(max_length=100)] | None = None
    publications: Annotated[list[Publication], Field(max_length=100)] | None = None
    skills: Annotated[list[Skill], Field(max_length=100)] | None = None
    languages: Annotated[list[Language], Field(max_length=100)] | None = None
    interests: Annotated[list[Interest], Field(max_length=100)] | None = None
    references: Annotated[list[Reference], Field(max_length=100)] | None = None
    projects: Annotated[list[Project], Field(max_length=100)] | None = None
    meta: Meta | None = None


class JsonResumeImport(Body):
    """A résumé to be made of a document."""

    title: Name = Field(description="What its owner calls it.", examples=["Imported"])
    document: JsonResume
