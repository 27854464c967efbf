"""Conversations: what was said to models and answered, kept where its owner asked for that.

What people write to an assistant is their source code and their worries, so titles and messages are
sealed with the key ring, and no dump, backup or log shows them.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.crypto import Ciphertext, Encrypted
from padstone.models import Identified, Timestamped, one_of

__all__ = ["Conversation", "ConversationMessage", "MessageRole"]


class MessageRole(StrEnum):
    """Who speaks in a message, as the chat completions API names them."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Conversation(Identified, Timestamped, Base):
    """One conversation of a user. Deleting it deletes its messages for good."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("message_count >= 0", name="message_count_not_negative"),
        Index("ix_conversations_user_id_updated_at_id", "user_id", "updated_at", "id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[Ciphertext | None] = mapped_column(
        Encrypted(), comment="What its owner, or its first question, calls it; sealed."
    )
    model: Mapped[str | None] = mapped_column(comment="The model that answered last.")
    message_count: Mapped[int] = mapped_column(
        server_default="0", comment="How many messages it has; the position of the next."
    )


class ConversationMessage(Identified, Timestamped, Base):
    """One message, as the chat completions API writes it. It is never changed."""

    __tablename__ = "conversation_messages"
    __table_args__ = (
        one_of("role", MessageRole),
        CheckConstraint("position >= 0", name="position_not_negative"),
        UniqueConstraint("conversation_id", "position"),
    )

    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(comment="Its place in the conversation, from 0.")
    role: Mapped[str] = mapped_column(comment="Who speaks.")
    body: Mapped[Ciphertext] = mapped_column(Encrypted(), comment="The message as JSON; sealed.")
    model: Mapped[str | None] = mapped_column(comment="Of an answer, the model that gave it.")
