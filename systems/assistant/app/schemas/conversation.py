"""Conversations over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from padstone.providers import Message
from padstone.schemas import Body, Patch, Read
from padstone.types import PublicId

__all__ = [
    "ConversationCreate",
    "ConversationId",
    "ConversationRead",
    "ConversationUpdate",
    "MessageRead",
]

ConversationId = Annotated[UUID, PublicId("conv")]
MessageId = Annotated[UUID, PublicId("msg")]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConversationFields(Body):
    """What its owner says of a conversation."""

    title: Title | None = Field(
        None,
        description="What it is called; without one, its first question names it.",
        examples=["The parser"],
    )


class ConversationCreate(ConversationFields):
    """A conversation to be begun."""


class ConversationUpdate(Patch, ConversationFields):
    """What is to change of a conversation."""


class ConversationRead(Read):
    """A conversation, without what was said in it."""

    id: ConversationId
    title: str | None
    model: str | None = Field(description="The model that answered last.")
    message_count: int
    created_at: datetime
    updated_at: datetime


class MessageRead(Read):
    """One message, as the chat completions API writes it."""

    id: MessageId
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None = Field(
        description="A text, or parts of several kinds."
    )
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = Field(
        None, description="What the model wanted to be called."
    )
    tool_call_id: str | None = Field(
        None, description="Of a tool's message, which call it answers."
    )
    model: str | None = Field(description="Of an answer, the model that gave it.")
    created_at: datetime

    @classmethod
    def of(cls, message: Message, **columns: Any) -> "MessageRead":
        """What was said, and what is known of it."""
        return cls.model_validate({**message.model_dump(), **columns})
