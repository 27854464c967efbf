"""A completion that is part of a stored conversation: what was said before, and is kept after."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.services import conversations
from padstone.crypto import KeyRing
from padstone.metering import OpenedMeter
from padstone.providers import ChatChunk, ChatRequest, Collected, Message

__all__ = ["Memory"]

_log = structlog.get_logger("assistant.chat")


@dataclass(frozen=True, slots=True)
class Memory:
    """One conversation of a user, there already or still to be begun."""

    meter: OpenedMeter
    keyring: KeyRing
    user_id: UUID
    conversation_id: UUID
    is_new: bool

    async def recall(self, session: AsyncSession, request: ChatRequest) -> ChatRequest:
        """``request`` after all that was said before.

        Raises ``NotFoundError`` and ``ConversationFullError``.
        """
        if self.is_new:
            return request
        more = len(request.messages) + 1
        before = await conversations.history(
            session, self.keyring, self.user_id, self.conversation_id, more=more
        )
        return request.model_copy(update={"messages": [*before, *request.messages]})

    async def keep(
        self, chunks: AsyncGenerator[ChatChunk], request: ChatRequest
    ) -> AsyncGenerator[ChatChunk]:
        """``chunks``; at their end, whatever that is, the turn is kept if anything was said.

        Whoever runs it reads to the end, so that an answer is kept whose reader has left.
        """
        said = Collected()
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    said.follow(chunk)
                    yield chunk
        finally:
            await self._record(request, said)

    async def _record(self, request: ChatRequest, said: Collected) -> None:
        choices = said.completion().choices
        if not choices:
            return
        try:
            reply = choices[0].message.model_dump(include={"role", "content", "tool_calls"})
            answer = Message.model_validate(reply)
            async with self.meter.session() as session:
                await self._write(session, request, answer)
        except Exception as error:  # noqa: BLE001  # the answer was given, and is paid all the same
            _log.warning("conversation not kept", error=type(error).__name__)

    async def _write(self, session: AsyncSession, request: ChatRequest, answer: Message) -> None:
        if self.is_new:
            await conversations.begin(session, self.user_id, self.conversation_id)
        await conversations.record(
            session,
            self.keyring,
            self.user_id,
            self.conversation_id,
            request.messages,
            answer,
            model=request.model,
        )
