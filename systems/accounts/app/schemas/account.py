"""Accounts over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from padstone.schemas import Read
from padstone.types import Micros, PublicId

__all__ = ["AccountId", "AccountRead", "ValidatedAccount"]

AccountId = Annotated[UUID, PublicId("acct")]


class ValidatedAccount(Read):
    """Whom a key belongs to, and what may be spent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acct_01j5a5vb5nexnvskgj0cs9n2f0",
                    "email": "user@example.com",
                    "credits_balance_micros": 1_000_000,
                }
            ]
        }
    )

    account_id: AccountId = Field(validation_alias="id")
    email: str = Field(examples=["user@example.com"])
    credits_balance_micros: Micros = Field(
        description="What may be spent, in millionths of a currency unit; holds are subtracted.",
        examples=[1_000_000],
    )


class AccountRead(Read):
    """An account, as its owner sees it."""

    id: AccountId
    email: str = Field(examples=["user@example.com"])
    status: Literal["active", "suspended", "deleted"]
    credits_balance_micros: Micros
    created_at: datetime
    updated_at: datetime
