"""What the routes for API keys read and write."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from padstone.types import PublicId

__all__ = [
    "ApiKeyCreate",
    "ApiKeyCreated",
    "ApiKeyRead",
    "ApiKeyRename",
    "ApiKeyRotate",
    "KeyId",
]

KeyId = Annotated[UUID, PublicId("key")]

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ApiKeyCreate(_Body):
    """A key to be made."""

    name: KeyName = Field(description="What its owner calls it.", examples=["laptop"])
    scopes: list[str] = Field(
        max_length=100,
        description="What it may be used for: no more than the key that makes it may.",
    )
    mode: Literal["live", "test"] = Field(
        "live", description="Whether it begins with `sk_live_` or `sk_test_`."
    )
    expires_at: AwareDatetime | None = Field(
        None, description="From then on it is refused; null is never."
    )


class ApiKeyRename(_Body):
    """A key's new name."""

    name: KeyName = Field(description="What its owner calls it.")


class ApiKeyRotate(_Body):
    """How a key is replaced."""

    overlap_seconds: Annotated[int, Field(strict=True, ge=0, le=31_536_000)] = Field(
        0, description="How long the old key goes on working, in seconds."
    )


class ApiKeyRead(BaseModel):
    """A key as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: KeyId
    name: str
    prefix: str = Field(description="The beginning of the key.", examples=["sk_live_0aB1"])
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None = Field(description="Right to within seconds.")
    expires_at: datetime | None
    revoked_at: datetime | None
    rotated_to: KeyId | None = Field(description="The key that took its place.")


class ApiKeyCreated(ApiKeyRead):
    """A new key, with the secret that is shown this once."""

    secret: str = Field(description="The key itself. Keep it; it is not shown again.")
