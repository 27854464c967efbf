"""What the routes for browser sessions answer."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from padstone.schemas import Read

__all__ = ["BrowserSessionRead", "CurrentSessionRead"]


class BrowserSessionRead(Read):
    """A browser in which the user is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime = Field(description="Right to within seconds.")
    expires_at: datetime = Field(description="When it ends unless it is used.")
    user_agent: str | None = Field(description="What the browser said of itself.")
    address: str | None = Field(description="From where it signed in.")
    is_current: bool = Field(default=False, description="Whether it is the one that asks.")


class CurrentSessionRead(BrowserSessionRead):
    """The browser's own session, and what lets its pages change something."""

    csrf_token: str = Field(
        repr=False,
        description="For the header `X-CSRF-Token` of every request that is not a GET or HEAD.",
    )
