"""Prompt templates, in versions, one in use for each task."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel

from app.api.deps import SIGNED_IN
from app.models import IdempotencyRecord, PromptTemplate
from app.schemas.comparison import Comparison
from app.schemas.prompt import (
    PromptTemplateCreate,
    PromptTemplateResponse,
    PromptTemplateUpdate,
    PromptTemplateVersionCreate,
)
from app.services import versions
from app.services.comparison import compare_texts
from padstone.db import SessionDep
from padstone.resource import Call, Operation, Resource

__all__ = ["prompt_templates", "router"]


class PromptTemplates(Resource[PromptTemplate]):
    """Prompts, each the first version of a series of its own."""

    async def before_create(self, call: Call, row: PromptTemplate, body: BaseModel) -> None:  # noqa: ARG002  # the hook's form
        """Begins the series."""
        await versions.begin_prompt(call.session, row)


prompt_templates = PromptTemplates(
    PromptTemplate,
    create=PromptTemplateCreate,
    update=PromptTemplateUpdate,
    read=PromptTemplateResponse,
    owner="user_id",
    guards=SIGNED_IN,
    filters={
        "series_id": ["eq"],
        "is_active": ["eq"],
        "prompt_task": ["eq", "in"],
        "name": ["contains"],
    },
    sorts=["name", "version", "created_at", "updated_at"],
    idempotency=IdempotencyRecord,
)

steps = APIRouter(prefix="/prompt-templates/{prompt_template_id}", tags=["prompt_templates"])
Locked = Annotated[PromptTemplate, prompt_templates.loaded(Operation.UPDATE)]


@steps.post(
    "/versions",
    status_code=status.HTTP_201_CREATED,
    response_model=PromptTemplateResponse,
    summary="Write a prompt anew",
)
async def create_prompt_template_version(
    prompt: Locked, body: PromptTemplateVersionCreate, session: SessionDep
) -> PromptTemplate:
    """The next version of the same prompt, with other words. It is not in use yet."""
    return await versions.continue_series(session, prompt, body.model_dump())


@steps.post(
    "/duplicate",
    status_code=status.HTTP_201_CREATED,
    response_model=PromptTemplateResponse,
    summary="Copy a prompt",
)
async def duplicate_prompt_template(prompt: Locked, session: SessionDep) -> PromptTemplate:
    """The same words as a prompt of its own."""
    return await versions.duplicate_prompt(session, prompt)


@steps.post(
    "/activate", response_model=PromptTemplateResponse, summary="Put a prompt into use for its task"
)
async def activate_prompt_template(prompt: Locked, session: SessionDep) -> PromptTemplate:
    """It takes the place of whichever was in use. Repeating it changes nothing."""
    return await versions.activate(session, prompt)


@steps.get("/compare", summary="What differs between two prompts")
async def compare_prompt_templates(
    call: Annotated[Call, prompt_templates.call(Operation.GET)],
    prompt_template_id: UUID,
    against: Annotated[
        UUID | None,
        Query(description="The other prompt, or version of this one; by default the one in use."),
    ] = None,
) -> Comparison:
    """From this one to the other, line by line."""
    this = await prompt_templates.get(call, prompt_template_id)
    other = await prompt_templates.get(call, against or await versions.in_use(call.session, this))
    return compare_texts(this.content, other.content, versions=(this.version, other.version))


router = APIRouter()
router.include_router(prompt_templates.router)
router.include_router(steps)
