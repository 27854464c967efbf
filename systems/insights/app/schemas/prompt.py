"""Prompts over the wire."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.core.vocabulary import PromptKind
from app.schemas.base import Body, Description, LongText, Name, Note, Patch, Read, Slug

__all__ = [
    "CriterionBody",
    "CriterionChange",
    "CriterionRead",
    "PromptComparison",
    "PromptCreate",
    "PromptLabelRead",
    "PromptLabelSet",
    "PromptRead",
    "PromptUpdate",
    "PromptVersionCreate",
    "PromptVersionRead",
    "VersionNumber",
]

MAX_CRITERIA = 30

VersionNumber = Annotated[int, Field(ge=1, le=1_000_000, examples=[1])]
"""Counts from 1 within a prompt."""


class CriterionBody(Body):
    """One thing that is judged by itself."""

    key: Annotated[
        str,
        StringConstraints(max_length=50, pattern=r"^[a-z][a-z0-9_]*$"),
        Field(description="Its name for programs, unique in the version.", examples=["tests"]),
    ]
    title: Name = Field(examples=["Tests"])
    question: Annotated[
        str,
        StringConstraints(min_length=1, max_length=2_000),
        Field(
            description="What is asked of the files.",
            examples=["Would a test fail if an important rule were broken?"],
        ),
    ]


def _apart(criteria: list[CriterionBody]) -> list[CriterionBody]:
    twice = [key for key, times in Counter(one.key for one in criteria).items() if times > 1]
    if twice:
        raise PydanticCustomError("criterion_key", "must not use a key for two criteria")
    return criteria


class PromptVersionCreate(Body):
    """The words of a new version."""

    content: LongText = Field(
        description="What the model is told before the criteria.",
        examples=["You review source code. Judge only what the files show."],
    )
    criteria: Annotated[
        list[CriterionBody],
        Field(min_length=1, max_length=MAX_CRITERIA, description="What is judged, in this order."),
        AfterValidator(_apart),
    ]
    note: Note | None = Field(None, examples=["Asks for line numbers"])
    based_on: VersionNumber | None = Field(
        None,
        description="The version that was read before; 409 where a newer one was made meanwhile.",
    )


class PromptCreate(Body):
    """A prompt to be made; this is its version 1, which goes into production."""

    slug: Slug = Field(examples=["accessibility"])
    name: Name = Field(examples=["Accessibility"])
    kind: PromptKind = Field(examples=["general"])
    description: Description = ""
    content: LongText = Field(examples=["You review pages for people who cannot see them."])
    criteria: Annotated[
        list[CriterionBody],
        Field(min_length=1, max_length=MAX_CRITERIA),
        AfterValidator(_apart),
    ]


class PromptUpdate(Patch):
    """What may change of a prompt: not its words, which make a new version."""

    name: Name
    description: Description


class PromptLabelSet(Body):
    """The version that a label is to point to."""

    version: VersionNumber


class PromptLabelRead(Read):
    """A label, and the version that it points to."""

    name: str = Field(examples=["production"])
    version: int
    set_by: UUID | None
    updated_at: datetime


class PromptRead(Read):
    """A prompt, without its words."""

    id: UUID
    slug: str
    name: str
    kind: PromptKind
    description: str
    latest_version: int
    labels: list[PromptLabelRead]
    created_by: UUID | None
    revision: int
    created_at: datetime
    updated_at: datetime


class CriterionRead(Read):
    """One thing that is judged by itself."""

    key: str
    title: str
    question: str


class PromptVersionRead(Read):
    """The words of a prompt at one time."""

    id: UUID
    prompt_id: UUID
    version: int
    content: str
    criteria: list[CriterionRead]
    note: str | None
    restored_from: int | None = Field(description="The earlier version whose words these are.")
    created_by: UUID | None
    created_at: datetime


class CriterionChange(Read):
    """A criterion that is not the same in both versions."""

    key: str
    kind: Literal["added", "removed", "changed", "moved"]


class PromptComparison(Read):
    """What differs between two versions; nothing where they say the same."""

    from_version: int
    to_version: int
    criteria: list[CriterionChange]
    diff: str = Field(description="A unified diff of the lines of both, criteria included.")
