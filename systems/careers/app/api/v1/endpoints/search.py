"""One search over everything that has words."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.schemas.search import FoundList, Kind
from app.services import search as searching
from padstone.resource import ReadCallDep

__all__ = ["router"]

router = APIRouter(prefix="/search", tags=["search"])


@router.get("", summary="Search postings, applications and résumés")
async def search(
    call: ReadCallDep,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00]+$",
            description='As in a web search: `"a phrase"`, `this or that`, `-not this`.',
            examples=["engineer"],
        ),
    ],
    kind: Annotated[list[Kind] | None, Query(description="Only these kinds.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> FoundList:
    """The best matches first, with the place where the words stand."""
    found = await searching.search(call.session, call.subject, q, set(kind or Kind), limit)
    return FoundList(items=found)
