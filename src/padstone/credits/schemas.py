"""Credits over the wire. Amounts are micros: 1,000,000 are one unit of the currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from padstone.credits.columns import EntryKind
from padstone.schemas import Body, Read
from padstone.types import Micros

__all__ = ["Balance", "EntryRead", "GrantCreate"]

_Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=180, pattern=r"^[!-~]+$"),
    Field(description="Unique among the user's grants: the same key is granted once."),
]
_Reference = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Balance(Read):
    """What may be spent, and what is set aside for what is still being done."""

    balance_micros: int
    held_micros: int


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
    key: _Key = Field(examples=["invoice-17"])
    reference: _Reference | None = Field(None, examples=["Invoice 17"])
