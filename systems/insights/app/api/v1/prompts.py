"""Prompts: the team's, in versions that never change, with labels that move between them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel

from app.core.security import Scope
from app.models import IdempotencyRecord, Prompt, PromptLabel, PromptVersion
from app.schemas.prompt import (
    PromptComparison,
    PromptCreate,
    PromptLabelRead,
    PromptLabelSet,
    PromptRead,
    PromptUpdate,
    PromptVersionCreate,
    PromptVersionRead,
)
from app.services import prompt_service as service
from app.services.prompt_comparison import compare_versions
from padstone.cache import CacheDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses
from padstone.resource import Call, Guards, IfMatchDep, Operation, Resource

__all__ = ["prompts", "router"]


class Prompts(Resource[Prompt]):
    """Prompts belong to the whole team: whoever may write one may write all."""

    async def before_create(self, call: Call, row: Prompt, body: BaseModel) -> None:
        assert isinstance(body, PromptCreate)  # noqa: S101  # the declaration says so
        row.created_by = call.subject
        criteria = [criterion.model_dump() for criterion in body.criteria]
        service.begin_prompt(row, content=body.content, criteria=criteria)


prompts = Prompts(
    Prompt,
    create=PromptCreate,
    update=PromptUpdate,
    read=PromptRead,
    guards=Guards(read=[Scope.PROMPTS_READ], write=[Scope.PROMPTS_WRITE]),
    filters={"slug": ["eq", "in"], "kind": ["eq", "in"], "name": ["contains"]},
    sorts=["name", "created_at"],
    unmapped=["content", "criteria"],
    # Deleting is a route below, since the cache is told of it.
    operations=Operation.SINGLE - {Operation.DELETE},
    idempotency=IdempotencyRecord,
)

steps = APIRouter(prefix="/prompts/{prompt_id}", tags=["prompts"])
Seen = Annotated[Prompt, prompts.loaded(Operation.GET)]
Locked = Annotated[Prompt, prompts.loaded(Operation.UPDATE)]
Reading = Annotated[Call, prompts.call(Operation.GET)]
Writing = Annotated[Call, prompts.call(Operation.UPDATE)]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Counts from 1 within the prompt.")]
Label = Annotated[
    str,
    Path(
        max_length=50,
        pattern=r"^[a-z][a-z0-9_-]*$",
        description="A name such as production, which analyses take by default.",
    ),
]


@steps.delete(
    "",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a prompt",
    responses=problem_responses(412),
)
async def delete_prompt(
    call: Annotated[Call, prompts.call(Operation.DELETE)],
    prompt_id: UUID,
    if_match: IfMatchDep,
    cache: CacheDep,
) -> None:
    """Analyses that were pinned to a version keep it; no new ones can be."""
    await prompts.delete(call, prompt_id, if_match=if_match)
    service.drop_cached(cache, call.session, prompt_id)


@steps.get("/versions", summary="List the versions of a prompt")
async def list_prompt_versions(
    prompt: Seen, call: Reading, params: CursorDep, signer: CursorSignerDep
) -> Page[PromptVersionRead]:
    """The newest first."""
    rows, next_cursor = await paginate(
        call.session,
        service.versions_of(prompt),
        order_by=[(PromptVersion.version, "desc")],
        params=params,
        signer=signer,
        scope=("prompt_versions", prompt.id),
    )
    return Page[PromptVersionRead].by_cursor(rows, next_cursor, params)


@steps.post(
    "/versions",
    status_code=status.HTTP_201_CREATED,
    response_model=PromptVersionRead,
    summary="Write a prompt anew",
    responses=problem_responses(409),
)
async def create_prompt_version(
    prompt: Locked, call: Writing, body: PromptVersionCreate, response: Response
) -> PromptVersion:
    """The next version, with other words. No label points to it yet."""
    made = await service.add_version(
        call.session, prompt, user_id=call.subject, **body.model_dump()
    )
    response.headers["Location"] = f"/api/v1/prompts/{prompt.id}/versions/{made.version}"
    return made


@steps.get(
    "/versions/{version}", response_model=PromptVersionRead, summary="Show a version of a prompt"
)
async def get_prompt_version(prompt: Seen, call: Reading, version: Number) -> PromptVersion:
    """Its words, which never change."""
    return await service.find_version(call.session, prompt, version)


@steps.post(
    "/versions/{version}/restore",
    status_code=status.HTTP_201_CREATED,
    response_model=PromptVersionRead,
    summary="Restore an earlier version of a prompt",
)
async def restore_prompt_version(prompt: Locked, call: Writing, version: Number) -> PromptVersion:
    """The same words as a new version; those between stay. No label points to it yet."""
    return await service.restore_version(call.session, prompt, version, user_id=call.subject)


@steps.get("/diff", summary="What differs between two versions of a prompt")
async def compare_prompt_versions(
    prompt: Seen,
    call: Reading,
    from_version: Annotated[int, Query(ge=1, le=1_000_000, examples=[1])],
    to_version: Annotated[
        int | None,
        Query(ge=1, le=1_000_000, description="By default the newest one."),
    ] = None,
) -> PromptComparison:
    """From the one to the other, line by line."""
    before = await service.find_version(call.session, prompt, from_version)
    wanted = prompt.latest_version if to_version is None else to_version
    after = await service.find_version(call.session, prompt, wanted)
    return compare_versions(before, after)


@steps.get(
    "/labels/{label}",
    summary="Show the version that a label points to",
)
async def get_labelled_prompt_version(
    call: Reading, prompt_id: UUID, label: Label, cache: CacheDep
) -> PromptVersionRead:
    """What runs under this name now."""
    return await service.cached_version(cache, call.session, prompt_id, label)


@steps.put("/labels/{label}", response_model=PromptLabelRead, summary="Point a label to a version")
async def set_prompt_label(
    prompt: Locked, call: Writing, label: Label, body: PromptLabelSet, cache: CacheDep
) -> PromptLabel:
    """It counts for analyses that are started from now on; others keep the version they have."""
    service.drop_cached(cache, call.session, prompt.id)
    return await service.set_label(call.session, prompt, label, body.version, user_id=call.subject)


@steps.delete(
    "/labels/{label}", status_code=status.HTTP_204_NO_CONTENT, summary="Take a label away"
)
async def delete_prompt_label(prompt: Locked, call: Writing, label: Label, cache: CacheDep) -> None:
    """The versions stay."""
    service.drop_cached(cache, call.session, prompt.id)
    await service.remove_label(call.session, prompt, label)


router = APIRouter()
router.include_router(prompts.router)
router.include_router(steps)
