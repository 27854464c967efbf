"""Chat completions over the wire, as OpenAI's clients send and read them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from app.schemas.conversation import ConversationId
from padstone.providers import ChatRequest

__all__ = [
    "ChatCompletionRequest",
    "ModelList",
    "ModelRead",
    "OpenAIError",
    "OpenAIErrorBody",
    "shown_conversation_id",
]

_CONVERSATION_ID = TypeAdapter[UUID](ConversationId)


def shown_conversation_id(conversation_id: UUID) -> str:
    """The id as callers know it."""
    return str(_CONVERSATION_ID.dump_python(conversation_id, mode="json"))


class ChatCompletionRequest(ChatRequest):
    """A conversation, and how it is to go on. Fields that are not known are ignored."""

    store: bool | None = Field(
        None, description="Keep the conversation; its id is in the header X-Conversation-ID."
    )
    conversation_id: ConversationId | None = Field(
        None,
        description="Go on with this stored conversation: what was said in it comes before "
        "`messages`, and the answer is kept.",
    )


class OpenAIErrorBody(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["There is no such model here."])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(None, examples=["model"])
    code: str | None = Field(None, examples=["model_not_found"])


class OpenAIError(BaseModel):
    """Every error of these routes, in OpenAI's form."""

    error: OpenAIErrorBody


class ModelRead(BaseModel):
    """A model that can be asked."""

    id: str = Field(examples=["echo"])
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = Field(description="The provider that is asked first.", examples=["echo"])


class ModelList(BaseModel):
    """The models that can be asked."""

    object: Literal["list"] = "list"
    data: list[ModelRead]
