"""Stored conversations: what is in them is their owner's alone.

They are added to by chat completions that say ``store`` or ``conversation_id``.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from app.api.deps import ConversationsReader, ConversationsWriter
from app.models import Conversation, ConversationMessage
from app.schemas.conversation import (
    ConversationCreate,
    ConversationId,
    ConversationRead,
    ConversationUpdate,
    MessageRead,
)
from app.services import conversations
from padstone.crypto import KeyRing, KeyRingDep
from padstone.db import ReadSessionDep, SessionDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate

__all__ = ["router"]

router = APIRouter(prefix="/conversations", tags=["conversations"])

_NO_CONTENT = status.HTTP_204_NO_CONTENT

Id = Annotated[ConversationId, Path(description="Which conversation.")]


@router.post("", status_code=status.HTTP_201_CREATED, summary="Begin a conversation")
async def create_conversation(
    principal: ConversationsWriter,
    body: ConversationCreate,
    session: SessionDep,
    keyring: KeyRingDep,
    response: Response,
) -> ConversationRead:
    """Nothing is said in it yet: name it in `conversation_id` of a chat completion."""
    row = await conversations.begin(session, principal.subject)
    if body.title is not None:
        await conversations.rename(session, keyring, principal.subject, row.id, body.title)
    shown = _shown(keyring, row)
    response.headers["Location"] = f"/api/v1/conversations/{shown.model_dump(mode='json')['id']}"
    return shown


@router.get("", summary="List the conversations, the latest first")
async def list_conversations(
    principal: ConversationsReader,
    session: ReadSessionDep,
    keyring: KeyRingDep,
    params: CursorDep,
    signer: CursorSignerDep,
) -> Page[ConversationRead]:
    """Those in which something was said, or changed, last come first."""
    rows, next_cursor = await paginate(
        session,
        conversations.owned(principal.subject),
        order_by=[(Conversation.updated_at, "desc")],
        params=params,
        signer=signer,
        scope=("conversations", principal.subject),
    )
    items = [_shown(keyring, row) for row in rows]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@router.delete("", status_code=_NO_CONTENT, summary="Delete all conversations")
async def delete_conversations(principal: ConversationsWriter, session: SessionDep) -> None:
    """For good: nothing that was said is kept."""
    await conversations.delete_all(session, principal.subject)


@router.get("/{conversation_id}", summary="Show a conversation")
async def read_conversation(
    principal: ConversationsReader,
    conversation_id: Id,
    session: ReadSessionDep,
    keyring: KeyRingDep,
) -> ConversationRead:
    """What is known of it; what was said is in its messages."""
    return _shown(
        keyring, await conversations.get_conversation(session, principal.subject, conversation_id)
    )


@router.patch("/{conversation_id}", summary="Rename a conversation")
async def update_conversation(
    principal: ConversationsWriter,
    conversation_id: Id,
    body: ConversationUpdate,
    session: SessionDep,
    keyring: KeyRingDep,
) -> ConversationRead:
    """Its name, for its owner to find it again; null takes the name away."""
    owner = principal.subject
    if "title" in body.model_fields_set:
        row = await conversations.rename(session, keyring, owner, conversation_id, body.title)
    else:
        row = await conversations.get_conversation(session, owner, conversation_id)
    return _shown(keyring, row)


@router.delete("/{conversation_id}", status_code=_NO_CONTENT, summary="Delete a conversation")
async def delete_conversation(
    principal: ConversationsWriter, conversation_id: Id, session: SessionDep
) -> None:
    """For good, with all that was said in it."""
    await conversations.delete_conversation(session, principal.subject, conversation_id)


@router.get("/{conversation_id}/messages", summary="Read a conversation")
async def list_messages(
    principal: ConversationsReader,
    conversation_id: Id,
    session: ReadSessionDep,
    keyring: KeyRingDep,
    params: CursorDep,
    signer: CursorSignerDep,
) -> Page[MessageRead]:
    """What was said, the first message first."""
    await conversations.get_conversation(session, principal.subject, conversation_id)
    rows, next_cursor = await paginate(
        session,
        conversations.said_in(conversation_id),
        order_by=[(ConversationMessage.position, "asc")],
        params=params,
        signer=signer,
        scope=("messages", conversation_id),
    )
    items = [
        MessageRead.of(
            conversations.message_of(keyring, row),
            id=row.id,
            model=row.model,
            created_at=row.created_at,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


def _shown(keyring: KeyRing, row: Conversation) -> ConversationRead:
    return ConversationRead(
        id=row.id,
        title=conversations.title_of(keyring, row),
        model=row.model,
        message_count=row.message_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
