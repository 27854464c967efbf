"""The one shape of a page, however it was asked for."""

from collections.abc import Sequence
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, Field

from padstone.pages.params import CursorParams, OffsetParams

__all__ = ["Page"]

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A part of a list.

    A page by cursor has ``next_cursor`` until the list ends, and neither ``total`` nor ``offset``:
    counting costs as much as reading everything. A page by offset has ``total`` and ``offset``,
    and no cursor. The fields are always there, so that one client code reads both.
    """

    items: list[T] = Field(description="The part of the list, in its order.")
    next_cursor: str | None = Field(
        None, description="Send it as `cursor` for the next page; null on the last page."
    )
    total: int | None = Field(
        None, description="How long the whole list is; null on pages by cursor."
    )
    limit: int = Field(description="The most items that this page could have had.")
    offset: int | None = Field(
        None, description="How many items were skipped; null on pages by cursor."
    )

    @classmethod
    def by_cursor(
        cls, rows: Sequence[object], next_cursor: str | None, params: CursorParams
    ) -> Self:
        """What ``paginate`` found, as a page of schemas that read the rows' attributes."""
        values = {"items": rows, "next_cursor": next_cursor, "limit": params.limit}
        return cls.model_validate(values, from_attributes=True)

    @classmethod
    def by_offset(cls, rows: Sequence[object], total: int, params: OffsetParams) -> Self:
        """What ``paginate_by_offset`` found, likewise."""
        values = {"items": rows, "total": total, "limit": params.limit, "offset": params.offset}
        return cls.model_validate(values, from_attributes=True)
