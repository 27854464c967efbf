"""Cover letters, in versions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel

from app.api.deps import SIGNED_IN
from app.models import CoverLetter, IdempotencyRecord
from app.schemas.comparison import Comparison
from app.schemas.letter import (
    CoverLetterCreate,
    CoverLetterResponse,
    CoverLetterUpdate,
    CoverLetterVersionCreate,
)
from app.services import versions
from app.services.comparison import compare_texts
from padstone.db import SessionDep
from padstone.resource import Call, Operation, Resource

__all__ = ["cover_letters", "router"]


class CoverLetters(Resource[CoverLetter]):
    """Letters, each the first version of a series of its own."""

    async def before_create(self, call: Call, row: CoverLetter, body: BaseModel) -> None:  # noqa: ARG002  # the hook's form
        """Begins the series."""
        versions.begin_letter(row)


cover_letters = CoverLetters(
    CoverLetter,
    create=CoverLetterCreate,
    update=CoverLetterUpdate,
    read=CoverLetterResponse,
    owner="user_id",
    guards=SIGNED_IN,
    filters={
        "series_id": ["eq"],
        "is_active": ["eq"],
        "job_posting_id": ["eq", "isnull"],
        "title": ["contains"],
    },
    sorts=["title", "version", "created_at", "updated_at"],
    idempotency=IdempotencyRecord,
)

steps = APIRouter(prefix="/cover-letters/{cover_letter_id}", tags=["cover_letters"])
Locked = Annotated[CoverLetter, cover_letters.loaded(Operation.UPDATE)]


@steps.post(
    "/versions",
    status_code=status.HTTP_201_CREATED,
    response_model=CoverLetterResponse,
    summary="Write a letter anew",
)
async def create_cover_letter_version(
    letter: Locked, body: CoverLetterVersionCreate, session: SessionDep
) -> CoverLetter:
    """The next version of the same letter, with other words. It is not in use yet."""
    return await versions.continue_series(session, letter, body.model_dump())


@steps.post(
    "/duplicate",
    status_code=status.HTTP_201_CREATED,
    response_model=CoverLetterResponse,
    summary="Copy a letter",
)
async def duplicate_cover_letter(letter: Locked, session: SessionDep) -> CoverLetter:
    """The same words as a letter of its own, to be written on for another posting."""
    return await versions.duplicate_letter(session, letter)


@steps.post(
    "/activate", response_model=CoverLetterResponse, summary="Put a version of a letter into use"
)
async def activate_cover_letter(letter: Locked, session: SessionDep) -> CoverLetter:
    """It takes the place of the version that was in use. Repeating it changes nothing."""
    return await versions.activate(session, letter)


@steps.get("/compare", summary="What differs between two letters")
async def compare_cover_letters(
    call: Annotated[Call, cover_letters.call(Operation.GET)],
    cover_letter_id: UUID,
    against: Annotated[
        UUID | None,
        Query(
            description="The other letter, or version of this one; by default the version in use."
        ),
    ] = None,
) -> Comparison:
    """From this one to the other, line by line."""
    this = await cover_letters.get(call, cover_letter_id)
    other = await cover_letters.get(call, against or await versions.in_use(call.session, this))
    return compare_texts(this.content, other.content, versions=(this.version, other.version))


router = APIRouter()
router.include_router(cover_letters.router)
router.include_router(steps)
