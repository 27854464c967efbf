"""Conversations: begun, resumed, added to when an answer has ended, deleted for good.

What was said is sealed for its row. It is opened here, for its owner, and goes into no log.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Conversation, ConversationMessage
from padstone.crypto import KeyRing
from padstone.errors import ConflictError, NotFoundError
from padstone.ids import new_id
from padstone.providers import Message

__all__ = [
    "MOST_MESSAGES",
    "ConversationFullError",
    "begin",
    "delete_all",
    "delete_conversation",
    "get_conversation",
    "history",
    "message_of",
    "owned",
    "record",
    "rename",
    "said_in",
    "title_of",
]

MOST_MESSAGES = 1_000
"""Of one conversation: what a model can be told at once is bounded, too."""

_TITLE_LENGTH = 80


class ConversationFullError(ConflictError):
    code = "conversation_full"
    detail = f"A conversation has at most {MOST_MESSAGES} messages. Begin a new one."


def owned(user_id: UUID) -> Select[Conversation]:
    """The user's conversations, for a page."""
    return select(Conversation).where(Conversation.user_id == user_id)


async def get_conversation(
    session: AsyncSession, user_id: UUID, conversation_id: UUID
) -> Conversation:
    """The user's conversation; another user's is as good as none."""
    return await _one(session, owned(user_id).where(Conversation.id == conversation_id))


def said_in(conversation_id: UUID) -> Select[ConversationMessage]:
    """The messages of a conversation whose owner was looked at, for a page."""
    return select(ConversationMessage).where(ConversationMessage.conversation_id == conversation_id)


async def begin(
    session: AsyncSession, user_id: UUID, conversation_id: UUID | None = None
) -> Conversation:
    """A new conversation, in which nothing was said yet; it may have an id already."""
    conversation = Conversation(id=conversation_id or new_id(), user_id=user_id)
    session.add(conversation)
    await session.flush()
    return conversation


async def history(
    session: AsyncSession, keyring: KeyRing, user_id: UUID, conversation_id: UUID, *, more: int
) -> list[Message]:
    """What was said so far, to be told to a model before ``more`` new messages.

    Raises ``NotFoundError``, and ``ConversationFullError`` where those would be too many.
    """
    conversation = await get_conversation(session, user_id, conversation_id)
    if conversation.message_count + more > MOST_MESSAGES:
        raise ConversationFullError
    rows = await session.scalars(said_in(conversation_id).order_by(ConversationMessage.position))
    return [message_of(keyring, row) for row in rows]


async def record(  # what a turn consists of
    session: AsyncSession,
    keyring: KeyRing,
    user_id: UUID,
    conversation_id: UUID,
    messages: Sequence[Message],
    answer: Message | None,
    *,
    model: str,
) -> Conversation:
    """Adds a turn, its questions and its answer, once the answer has ended or never came.

    The turn stays together, whatever else is said in the conversation meanwhile. The first question
    names a conversation that has no name. Raises ``NotFoundError`` where it was deleted meanwhile.
    """
    conversation = await _one(
        session,
        owned(user_id)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True),
    )
    if conversation.title is None and not conversation.message_count:
        _name(keyring, conversation, messages)
    turn: list[tuple[Message, str | None]] = [(message, None) for message in messages]
    if answer is not None:
        turn.append((answer, model))
        conversation.model = model
    for position, (message, by) in enumerate(turn, start=conversation.message_count):
        row = ConversationMessage(
            id=new_id(),
            conversation_id=conversation.id,
            position=position,
            role=message.role,
            model=by,
        )
        keyring.seal(row, "body", message.model_dump_json(exclude_none=True))
        session.add(row)
    conversation.message_count += len(turn)
    await session.flush()
    return conversation


async def rename(
    session: AsyncSession,
    keyring: KeyRing,
    user_id: UUID,
    conversation_id: UUID,
    title: str | None,
) -> Conversation:
    """Gives the conversation another name, or none."""
    conversation = await get_conversation(session, user_id, conversation_id)
    if title is None:
        conversation.title = None
    else:
        keyring.seal(conversation, "title", title)
    await session.flush()
    return conversation


async def delete_conversation(session: AsyncSession, user_id: UUID, conversation_id: UUID) -> None:
    """Deletes it and all that was said in it. Raises ``NotFoundError``."""
    await session.delete(await get_conversation(session, user_id, conversation_id))
    await session.flush()


async def delete_all(session: AsyncSession, user_id: UUID) -> None:
    """Deletes every conversation of the user."""
    await session.execute(delete(Conversation).where(Conversation.user_id == user_id))


def title_of(keyring: KeyRing, conversation: Conversation) -> str | None:
    """What it is called."""
    return None if conversation.title is None else keyring.open(conversation, "title")


def message_of(keyring: KeyRing, row: ConversationMessage) -> Message:
    """What was said, as the chat completions API writes it."""
    return Message.model_validate_json(keyring.open(row, "body"))


def _name(keyring: KeyRing, conversation: Conversation, messages: Sequence[Message]) -> None:
    asked = next((message.text for message in messages if message.role == "user"), "")
    title = " ".join(asked.split())[:_TITLE_LENGTH].rstrip()
    if title:
        keyring.seal(conversation, "title", title)


async def _one(session: AsyncSession, statement: Select[Conversation]) -> Conversation:
    found = await session.scalar(statement)
    if found is None:
        raise NotFoundError("There is no such conversation.")
    return found
