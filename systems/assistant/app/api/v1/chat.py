"""Chat completions, as OpenAI's clients ask for them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Response
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.api.deps import ChatCaller, ChatServiceDep
from app.api.openai_errors import OPENAI_RESPONSES
from app.core.security import Scope
from app.schemas.chat import ChatCompletionRequest, shown_conversation_id
from app.services.chat import Answer, ChatService
from app.services.chat_memory import Memory
from padstone.auth import count_request
from padstone.crypto import KeyRing, KeyRingDep
from padstone.errors import PadstoneError, PermissionDeniedError
from padstone.events import Event, EventStream
from padstone.ids import new_id
from padstone.principal import Principal
from padstone.problems import problem_of
from padstone.providers import ChatChunk, Completion
from padstone.ratelimit import Limit

__all__ = ["router"]

router = APIRouter(prefix="/chat", tags=["chat"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Completion,
        "description": "The answer; with `stream`, its chunks as server-sent events.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    **OPENAI_RESPONSES,
}


@router.post(
    "/completions", summary="Go on with a conversation", response_model=None, responses=_ANSWERS
)
async def create_chat_completion(
    request: Request,
    caller: ChatCaller,
    body: ChatCompletionRequest,
    service: ChatServiceDep,
    keyring: KeyRingDep,
) -> Response:
    """The most that it can cost is set aside before a model is asked; what it did cost is paid when
    the answer has ended, also if you leave before.
    """
    memory = _memory(caller, body, service, keyring)
    plan = await service.plan(caller.subject)
    await count_request(request, f"completions:user:{caller.subject}", Limit.parse(plan.rate))
    answer = await service.begin(caller.subject, plan, body, memory)
    headers = {"X-Conversation-ID": shown_conversation_id(memory.conversation_id)} if memory else {}
    if body.stream:
        wants_usage = bool(body.stream_options and body.stream_options.include_usage)
        events = _events(request, answer, wants_usage=wants_usage)
        return EventStream(events, endless=False, headers=headers)
    whole = await answer.completion()
    return JSONResponse(whole.wire(), headers=headers)


def _memory(
    caller: Principal, body: ChatCompletionRequest, service: ChatService, keyring: KeyRing
) -> Memory | None:
    if body.conversation_id is None and not body.store:
        return None
    if Scope.CONVERSATIONS_WRITE not in caller.scopes:
        raise PermissionDeniedError(
            f"These credentials lack the scope {Scope.CONVERSATIONS_WRITE}."
        )
    return Memory(
        service.meter,
        keyring,
        caller.subject,
        body.conversation_id or new_id(),
        is_new=body.conversation_id is None,
    )


async def _events(request: Request, answer: Answer, *, wants_usage: bool) -> AsyncGenerator[Event]:
    """The answer as OpenAI streams it: an error ends it in the place of its last word."""
    try:
        async with aclosing(answer.chunks()) as chunks:
            async for chunk in chunks:
                yield Event(chunk.wire())
    except PadstoneError as error:
        yield Event(bytes(problem_of(request, error).body).decode())
        return
    if wants_usage:
        last = ChatChunk(id=answer.id, model=answer.model, usage=answer.usage)
        yield Event(last.wire())
    yield Event("[DONE]")
