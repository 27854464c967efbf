"""Analyses and their results over the wire."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.vocabulary import AnalysisMode, AnalysisStatus, Severity, Verdict
from app.schemas.base import Body, Name, Patch, Read
from app.schemas.prompt import VersionNumber

__all__ = [
    "AnalysisComparison",
    "AnalysisCreate",
    "AnalysisPromptRead",
    "AnalysisRead",
    "AnalysisResultRead",
    "AnalysisUpdate",
    "CriterionComparison",
    "EventData",
    "FindingRead",
    "ModelList",
    "ResultSet",
]

Instructions = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)
]
Model = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PromptChoice(Body):
    """A prompt, and which of its versions: by number, or by the label that points to it."""

    prompt_id: UUID
    version: VersionNumber | None = None
    label: (
        Annotated[str, StringConstraints(max_length=50, pattern=r"^[a-z][a-z0-9_-]*$")] | None
    ) = Field(None, description="Without both it is the version in production.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.version is not None and self.label is not None:
            raise PydanticCustomError("prompt_choice", "must name a version or a label, not both")
        return self


def _apart(chosen: list[PromptChoice]) -> list[PromptChoice]:
    if max(Counter(one.prompt_id for one in chosen).values()) > 1:
        raise PydanticCustomError("prompt_twice", "must not name a prompt twice")
    return chosen


class AnalysisCreate(Body):
    """An analysis to be started."""

    name: Name = Field(examples=["Release 2.4"])
    upload_id: UUID = Field(description="What is judged: one of your uploads.")
    prompts: Annotated[
        list[PromptChoice], Field(min_length=1, max_length=10), AfterValidator(_apart)
    ] = Field(description="By what it is judged. The versions stay pinned.")
    mode: AnalysisMode = Field(AnalysisMode.MODEL, description="Who judges.")
    model: Model | None = Field(
        None, description="One of the list of models; without it, the configured one."
    )
    instructions: Instructions | None = Field(
        None, examples=["Leave the folder generated/ out of account."]
    )


class AnalysisUpdate(Patch):
    """What may change of an analysis."""

    name: Name


class PinnedVersion(Read):
    """The version of a prompt that an analysis is pinned to."""

    id: UUID
    prompt_id: UUID
    version: int


class AnalysisPromptRead(Read):
    """One of the prompts of an analysis."""

    position: int
    prompt_version: PinnedVersion


class AnalysisRead(Read):
    """An analysis, and how far it is."""

    id: UUID
    name: str
    upload_id: UUID | None = Field(description="Null once the upload is gone.")
    mode: AnalysisMode
    model: str | None
    instructions: str | None
    status: AnalysisStatus
    progress: int = Field(description="0 to 100.")
    attempt: int = Field(description="How often it was begun.")
    error_code: str | None = Field(description="Why it failed, for programs.")
    error: str | None = Field(description="Why it failed, for people.")
    prompts: list[AnalysisPromptRead]
    prompt_tokens: int
    completion_tokens: int
    charged_micros: int = Field(description="What it cost, in micros.")
    started_at: datetime | None
    finished_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime


class FindingRead(Body):
    """Something that was found, and where."""

    severity: Severity = Field(examples=["major"])
    path: Annotated[str, StringConstraints(max_length=1_000)] | None = Field(
        None, examples=["app/orders.py"]
    )
    line: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(
        examples=["The total is a float, so cents are lost."]
    )


class ResultSet(Body):
    """A result that a person enters."""

    verdict: Verdict = Field(examples=["partly_met"])
    score: Annotated[int, Field(ge=0, le=100)] | None = None
    summary: Annotated[str, StringConstraints(min_length=1, max_length=4_000)] = Field(
        examples=["The rules are tested, the discounts are not."]
    )
    findings: Annotated[list[FindingRead], Field(max_length=200)] = Field(default_factory=list)


class AnalysisResultRead(Read):
    """The judgement of one criterion."""

    id: UUID
    prompt_version_id: UUID
    criterion: str
    title: str
    verdict: Verdict
    score: int | None
    summary: str
    findings: list[FindingRead]
    judged_by: AnalysisMode
    user_id: UUID | None = Field(description="Who entered it.")
    created_at: datetime
    updated_at: datetime


class EventData(Read):
    """What happened to an analysis; the kind of the event says it, too."""

    status: AnalysisStatus
    progress: int
    attempt: int
    detail: str | None = None


class ModelList(Read):
    """The models that may judge. Where there is none, people do."""

    items: list[str]
    default: str | None = Field(description="Which one judges where an analysis names none.")


Change = Literal["better", "worse", "same", "added", "removed"]


class CriterionComparison(Read):
    """One criterion in two analyses. Null where the other one has none of that name."""

    prompt: str = Field(description="The slug of the prompt.")
    criterion: str
    title: str
    change: Change
    before: Verdict | None
    after: Verdict | None
    score_before: int | None
    score_after: int | None
    new_findings: list[FindingRead]
    gone_findings: list[FindingRead]


class AnalysisComparison(Read):
    """What has changed from one analysis to another of the same owner."""

    before_id: UUID
    after_id: UUID
    better: int
    worse: int
    criteria: list[CriterionComparison]
