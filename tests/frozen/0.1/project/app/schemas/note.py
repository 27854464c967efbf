"""Notes over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from padstone.schemas import Body, Patch, Read

__all__ = ["NoteCreate", "NoteRead", "NoteUpdate"]


class NoteFields(Body):
    """What its owner says of a note."""

    title: Annotated[str, Field(min_length=1, max_length=200, examples=["Groceries"])]
    text: Annotated[str, Field(max_length=10_000, examples=["Bread, butter"])] | None = None


class NoteCreate(NoteFields):
    """A note to be made."""


class NoteUpdate(Patch, NoteFields):
    """What is to change of a note."""


class NoteRead(Read):
    """A note."""

    id: UUID
    title: str = Field(examples=["Groceries"])
    text: str | None = Field(examples=["Bread, butter"])
    created_at: datetime
    updated_at: datetime
    revision: int
