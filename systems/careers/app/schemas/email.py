"""Correspondence over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.core.vocabulary import EmailClassification
from app.schemas.base import Email, Name, Patch, Response, ShortText
from app.schemas.order import Ordered

__all__ = ["EmailThreadCreate", "EmailThreadResponse", "EmailThreadUpdate"]


class EmailThreadFields(Ordered):
    """What is known of a thread."""

    in_order = (("first_message_at", "last_message_at"),)

    application_id: UUID | None = Field(None, description="The application it is about.")
    subject: ShortText = Field(min_length=1, examples=["Your application"])
    participants: Annotated[list[Email], Field(max_length=50)] = Field(default_factory=list)
    email_classification: EmailClassification = EmailClassification.OTHER
    message_count: Annotated[int, Field(ge=1, le=10_000)] = 1
    first_message_at: AwareDatetime
    last_message_at: AwareDatetime
    snippet: ShortText | None = Field(None, description="The beginning of the last message.")
    needs_reply: bool = False
    external_id: Name | None = Field(
        None, description="The mail provider's id of the thread; once for each user."
    )


class EmailThreadCreate(EmailThreadFields):
    """A thread to be noted down."""


class EmailThreadUpdate(Patch, EmailThreadFields):
    """What is to change of a thread."""


class EmailThreadResponse(Response):
    """A thread."""

    application_id: UUID | None
    subject: str
    participants: list[str]
    email_classification: EmailClassification
    message_count: int
    first_message_at: datetime
    last_message_at: datetime
    snippet: str | None
    needs_reply: bool
    external_id: str | None
