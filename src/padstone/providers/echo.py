"""A provider without a network or a key: it says what it is told."""

import math
from collections.abc import AsyncGenerator, Iterator
from hashlib import sha256

from padstone.providers.chunks import (
    ChatChunk,
    Delta,
    FinishReason,
    FunctionDelta,
    ToolCallDelta,
    Usage,
)
from padstone.providers.errors import ProviderRefusedError
from padstone.providers.messages import TextPart
from padstone.providers.provider import Provider
from padstone.providers.request import ChatRequest, NamedTool

__all__ = ["EchoProvider", "estimate_tokens"]

TOKEN_CHARACTERS = 4
"""How long a token is taken to be where nobody counts: about right for English."""


def estimate_tokens(characters: int) -> int:
    """How many tokens a text of so many characters has, roughly."""
    return math.ceil(characters / TOKEN_CHARACTERS)


class EchoProvider(Provider):
    """Answers with the last thing that the user said, four characters a token.

    The same request has the same answer. Its counts are estimates and say so. It calls a tool where
    the request insists on one (``tool_choice`` is "required" or names it), with no arguments.
    """

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """See ``Provider.stream``. Raises ``ProviderRefusedError`` for more than words."""
        _refuse_what_is_no_text(request)
        name = f"chatcmpl-{sha256(request.model_dump_json().encode()).hexdigest()[:24]}"
        pieces = list(_tool_call(request) or _words(request))
        limit = request.output_limit or len(pieces)
        finish: FinishReason = "tool_calls" if pieces and pieces[0].tool_calls else "stop"
        if len(pieces) > limit:
            pieces, finish = pieces[:limit], "length"
        yield ChatChunk.of(Delta(role="assistant", content=""), id=name)
        for piece in pieces:
            yield ChatChunk.of(piece, id=name)
        yield ChatChunk.of(finish=finish, id=name)
        read = sum(len(message.text) for message in request.messages)
        usage = Usage(
            prompt_tokens=estimate_tokens(read), completion_tokens=len(pieces), is_estimate=True
        )
        yield ChatChunk(id=name, usage=usage)


def _refuse_what_is_no_text(request: ChatRequest) -> None:
    parts = [part for message in request.messages for part in message.parts]
    if not all(isinstance(part, TextPart) for part in parts):
        raise ProviderRefusedError("This model reads text only.")
    if (request.n or 1) > 1:
        raise ProviderRefusedError("This model gives one answer; leave out n.")


def _words(request: ChatRequest) -> Iterator[Delta]:
    said = [message.text for message in request.messages if message.role == "user"]
    text = said[-1] if said else ""
    for start in range(0, len(text), TOKEN_CHARACTERS):
        yield Delta(content=text[start : start + TOKEN_CHARACTERS])


def _tool_call(request: ChatRequest) -> list[Delta]:
    choice = request.tool_choice
    if isinstance(choice, NamedTool):
        name = choice.function.name
    elif choice == "required" and request.tools:
        name = request.tools[0].function.name
    else:
        return []
    call_id = f"call_{sha256(name.encode()).hexdigest()[:24]}"
    call = ToolCallDelta(
        id=call_id, type="function", function=FunctionDelta(name=name, arguments="{}")
    )
    return [Delta(tool_calls=[call])]
