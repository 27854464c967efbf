"""Prompt templates over the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.vocabulary import PromptTask
from app.schemas.base import Body, LongText, Name, Patch, Response

__all__ = [
    "PromptTemplateCreate",
    "PromptTemplateResponse",
    "PromptTemplateUpdate",
    "PromptTemplateVersionCreate",
]


class PromptTemplateVersionCreate(Body):
    """The words of a new version."""

    content: LongText = Field(
        min_length=1,
        description="The prompt, with {{names}} to be filled in.",
        examples=["Write a letter for {{posting}} from {{resume}}."],
    )
    system_prompt: LongText | None = None
    model: Name | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None


class PromptTemplateCreate(PromptTemplateVersionCreate):
    """A prompt to be made; this is its version 1."""

    prompt_task: PromptTask = Field(examples=["cover_letter"])
    name: Name = Field(examples=["Short and warm"])


class PromptTemplateUpdate(Patch):
    """What may change of a version: not its words, which make a new version."""

    name: Name


class PromptTemplateResponse(Response):
    """One version of a prompt."""

    series_id: UUID = Field(description="The same for all versions of one prompt.")
    version: int
    is_active: bool = Field(description="Whether it is the one in use for its task.")
    prompt_task: PromptTask
    name: str
    content: str
    system_prompt: str | None
    model: str | None
    temperature: float | None
