"""What a caller may ask of a list, as query parameters."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from padstone.errors import FieldError, ValidationError

__all__ = ["CursorDep", "CursorParams", "OffsetDep", "OffsetParams"]

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_CURSOR_LENGTH = 4096

Limit = Annotated[
    int, Query(ge=1, le=MAX_LIMIT, description="The most items that the page may have.")
]
Cursor = Annotated[
    str | None,
    Query(
        max_length=MAX_CURSOR_LENGTH,
        description="`next_cursor` of the page before; leave it out for the first page.",
    ),
]
Offset = Annotated[
    int,
    Query(
        ge=0,
        description="How many items to skip.",
        # Checked below, where the message can say what to do instead.
        json_schema_extra={"maximum": MAX_OFFSET},
    ),
]


@dataclass(frozen=True, slots=True)
class CursorParams:
    """A page by cursor: at most ``limit`` items after the place that ``cursor`` names."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class OffsetParams:
    """A page by offset: at most ``limit`` items after the first ``offset`` ones."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


# Coroutines, since FastAPI would call a class or a plain function in a thread.
async def _cursor_params(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> CursorParams:
    return CursorParams(limit, cursor)


async def _offset_params(limit: Limit = DEFAULT_LIMIT, offset: Offset = 0) -> OffsetParams:
    if offset > MAX_OFFSET:
        message = (
            f"is beyond {MAX_OFFSET}, and PostgreSQL reads all that it skips; narrow the list by "
            "a filter, or walk it by cursor where it offers one"
        )
        raise ValidationError(errors=[FieldError("query.offset", message, "too_deep")])
    return OffsetParams(limit, offset)


CursorDep = Annotated[CursorParams, Depends(_cursor_params)]
"""``limit`` (1 to 100, 20 by default) and ``cursor`` from the query."""

OffsetDep = Annotated[OffsetParams, Depends(_offset_params)]
"""``limit`` (1 to 100, 20 by default) and ``offset`` (at most 10,000) from the query."""
