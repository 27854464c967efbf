"""Credits over the wire. Amounts are micros: millionths of a currency unit."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from padstone.types import Micros, PublicId

__all__ = [
    "Balance",
    "CaptureCreate",
    "DebitCreate",
    "EntryRead",
    "HoldCreate",
    "HoldId",
    "HoldRead",
]

EntryId = Annotated[UUID, PublicId("entry")]
HoldId = Annotated[UUID, PublicId("hold")]

Amount = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=2**62,
        description="In millionths of a currency unit.",
        examples=[250_000],
    ),
]
LedgerKey = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
KEY = Field(
    description="The caller's name for this movement: the same key never moves credits twice.",
    examples=["run-1842"],
)
Reference = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
REFERENCE = Field(None, description="What it is for, in the caller's words.", examples=["Run 1842"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Balance(BaseModel):
    """What may be spent, and what is set aside."""

    balance_micros: Micros = Field(examples=[750_000])
    held_micros: Micros = Field(examples=[250_000])


class DebitCreate(_Body):
    """Credits to be spent at once."""

    amount_micros: Amount
    key: LedgerKey = KEY
    reference: Reference | None = REFERENCE


class HoldCreate(_Body):
    """Credits to be set aside for a while."""

    amount_micros: Amount
    key: LedgerKey = KEY
    lifetime_seconds: Annotated[int, Field(strict=True, ge=1, le=604_800)] = Field(
        3600, description="After so many seconds an open hold is released by itself."
    )
    reference: Reference | None = REFERENCE


class CaptureCreate(_Body):
    """What of a hold was used; the rest returns to the balance."""

    amount_micros: Amount
    key: LedgerKey = KEY
    reference: Reference | None = REFERENCE


class HoldRead(BaseModel):
    """Credits that are set aside, or were."""

    model_config = ConfigDict(from_attributes=True)

    id: HoldId
    amount_micros: Micros
    captured_micros: Micros
    status: Literal["open", "captured", "released"]
    expires_at: datetime
    created_at: datetime


class EntryRead(BaseModel):
    """One movement of the balance."""

    model_config = ConfigDict(from_attributes=True)

    id: EntryId
    kind: Literal["grant", "hold", "capture", "release", "refund", "expire"]
    amount_micros: Micros = Field(description="What was moved.")
    delta_micros: Micros = Field(description="What it did to the balance.")
    balance_after_micros: Micros
    key: str
    hold_id: HoldId | None
    reference: str | None
    expires_at: datetime | None
    created_at: datetime
