"""Credits over the wire. Amounts are micros: 1,000,000 are one unit of the currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Body, Read
from padstone.credits import EntryKind
from padstone.types import Micros

__all__ = ["Balance", "EntryRead", "GrantCreate"]

Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=180, pattern=r"^[!-~]+$"),
    Field(description="Unique among the user's grants: the same key is granted once."),
]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Balance(Read):
    """What may be spent on analyses, without what is set aside for those that are under way."""

    balance_micros: int


class EntryRead(Read):
    """One movement of the balance."""

    id: UUID
    kind: EntryKind
    amount_micros: int = Field(description="What was moved.")
    delta_micros: int = Field(description="What it did to the balance.")
    balance_after_micros: int
    reference: str | None = Field(description="What it was for.")
    created_at: datetime


class GrantCreate(Body):
    """Credits to be given to a user."""

    amount_micros: Annotated[Micros, Field(gt=0)] = Field(examples=[20_000_000])
    key: Key = Field(examples=["invoice-17"])
    reference: Reference | None = Field(None, examples=["Invoice 17"])
