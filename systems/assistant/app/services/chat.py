"""Completions: reserved, asked for, read to their end, settled.

Nothing here holds a connection to the database while a model answers, and nothing that was said
goes into a log.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from app.core.config import Settings
from app.core.plans import Plan
from app.services.chat_memory import Memory
from app.services.metering import model_price
from app.services.plans import permit, plan_of
from padstone.metering import OpenedMeter, Pump, most_usage, prompt_characters
from padstone.providers import (
    ChatChunk,
    ChatRequest,
    Completion,
    Router,
    Usage,
    collect,
    estimate_tokens,
)

__all__ = ["Answer", "ChatService"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has begun. Whoever takes it reads it."""

    id: str
    model: str
    first: ChatChunk
    rest: AsyncGenerator[ChatChunk]
    pump: Pump

    @property
    def usage(self) -> Usage:
        """What was used so far; at the end that is what was paid."""
        return self.pump.usage

    async def chunks(self) -> AsyncGenerator[ChatChunk]:
        """What the model says, without counts; see ``usage``."""
        async with aclosing(self.rest) as rest:
            yield self._shown(self.first)
            async for chunk in rest:
                if chunk.choices:
                    yield self._shown(chunk)

    async def completion(self) -> Completion:
        """All of it."""
        async with aclosing(self.chunks()) as chunks:
            whole = await collect(chunks)
        return whole.model_copy(update={"usage": self.usage})

    def _shown(self, chunk: ChatChunk) -> ChatChunk:
        # One id in the answer and in the books, and none of the provider's.
        return chunk.model_copy(update={"id": self.id, "usage": None})


@dataclass(frozen=True, slots=True)
class ChatService:
    """What completions need of the application."""

    router: Router
    meter: OpenedMeter
    settings: Settings

    async def plan(self, user_id: UUID) -> Plan:
        """The user's plan."""
        async with self.meter.session() as session:
            return await plan_of(session, user_id)

    async def begin(
        self, user_id: UUID, plan: Plan, request: ChatRequest, memory: Memory | None = None
    ) -> Answer:
        """Asks the model, and returns when it begins to answer. ``memory`` keeps what is said.

        Raises ``ModelNotFoundError``, ``ModelNotInPlanError``, ``InsufficientCreditsError``, and
        what the providers raise before their first word, for which nothing is paid.
        """
        self.router.owner_of(request.model)
        permit(plan, request.model)
        price = model_price(self.settings, request.model)
        told = request.limited(plan.max_output_tokens)
        async with self.meter.session() as session:
            if memory is not None:
                told = await memory.recall(session, told)
            most = most_usage(told, plan.max_output_tokens)
            reserved = await self.meter.reserve(
                session, user_id, model=request.model, price=price, most=most
            )
        chunks = self.router.stream(told)
        pump = self.meter.pump(
            reserved,
            chunks if memory is None else memory.keep(chunks, request),
            prompt_tokens=estimate_tokens(prompt_characters(told)),
        )
        rest = pump.read()
        first = await anext(rest)
        return Answer(f"chatcmpl-{reserved.id.hex}", request.model, first, rest, pump)
