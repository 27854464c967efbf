"""OpenAI's form of a request, told in the words of Anthropic's Messages API.

What would change the form of the answer and has no counterpart is refused. Hints without one
(``seed``, the penalties, ``logit_bias``, ``reasoning_effort``) are left out.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from padstone.providers.errors import ProviderRefusedError
from padstone.providers.messages import FilePart, ImagePart, Message, Part, TextPart, ToolCall
from padstone.providers.request import ChatRequest, NamedTool

__all__ = ["anthropic_request"]

DEFAULT_TOKENS = 4096
"""How long an answer may be where the caller does not say, since this API wants to be told."""

_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,(.*)", re.DOTALL).fullmatch

Block = dict[str, Any]


def anthropic_request(request: ChatRequest) -> dict[str, Any]:
    """The body for ``POST /v1/messages``. Raises ``ProviderRefusedError``."""
    _refuse_what_is_unknown(request)
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.output_limit or DEFAULT_TOKENS,
        "messages": _turns(request),
        "stream": True,
    }
    if system := [block for message in _system(request) for block in _texts(message)]:
        body["system"] = system
    if request.temperature is not None:
        body["temperature"] = min(request.temperature, 1.0)  # theirs ends where ours goes on to 2
    if request.top_p is not None:
        body["top_p"] = request.top_p
    if request.stop:
        body["stop_sequences"] = [request.stop] if isinstance(request.stop, str) else request.stop
    if request.tools:
        body |= _tools(request)
    return body


def _refuse_what_is_unknown(request: ChatRequest) -> None:
    if (request.n or 1) > 1:
        raise ProviderRefusedError("This model gives one answer; leave out n.")
    if request.logprobs:
        raise ProviderRefusedError("This model tells no probabilities; leave out logprobs.")
    if (request.response_format or {}).get("type", "text") != "text":
        raise ProviderRefusedError("This model takes no response_format; leave it out.")


def _system(request: ChatRequest) -> Iterator[Message]:
    return (message for message in request.messages if message.role in {"system", "developer"})


def _texts(message: Message) -> Iterator[Block]:
    for part in message.parts:
        if not isinstance(part, TextPart):
            raise ProviderRefusedError("A system message holds text only.")
        if part.text:
            yield {"type": "text", "text": part.text}


def _turns(request: ChatRequest) -> list[dict[str, Any]]:
    """The conversation, in which one side never speaks twice in a row."""
    turns: list[dict[str, Any]] = []
    for message in request.messages:
        if message.role in {"system", "developer"}:
            continue
        role = "assistant" if message.role == "assistant" else "user"
        blocks = list(_blocks(message))
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    if not turns:
        raise ProviderRefusedError("This model needs a message of the user.")
    return turns


def _blocks(message: Message) -> Iterator[Block]:
    content = [block for part in message.parts if (block := _block(part))]
    if message.role == "tool":
        yield {"type": "tool_result", "tool_use_id": message.tool_call_id, "content": content}
        return
    yield from content
    for call in message.tool_calls or []:
        yield _tool_use(call)


def _block(part: Part) -> Block | None:
    match part:
        case TextPart():
            # An empty block is an error there, and means nothing here.
            return {"type": "text", "text": part.text} if part.text else None
        case ImagePart():
            return {"type": "image", "source": _source(part.image_url.url)}
        case FilePart() if part.file.file_data:
            return {"type": "document", "source": _source(part.file.file_data)}
        case _:
            raise ProviderRefusedError("This model takes text, images and files with file_data.")


def _source(url: str) -> Block:
    if found := _DATA_URL(url):
        return {"type": "base64", "media_type": found[1], "data": found[2]}
    if url.startswith("https://"):
        return {"type": "url", "url": url}
    raise ProviderRefusedError("An image or file is an https URL, or a data URL in base64.")


def _tool_use(call: ToolCall) -> Block:
    try:
        arguments = orjson.loads(call.function.arguments or "{}")
    except orjson.JSONDecodeError:
        arguments = None
    if not isinstance(arguments, dict):
        raise ProviderRefusedError("The arguments of a tool call must be a JSON object.")
    return {"type": "tool_use", "id": call.id, "name": call.function.name, "input": arguments}


def _tools(request: ChatRequest) -> dict[str, Any]:
    tools = [
        {
            "name": tool.function.name,
            "input_schema": tool.function.parameters or {"type": "object"},
            **({"description": tool.function.description} if tool.function.description else {}),
        }
        for tool in request.tools or []
    ]
    choice = _tool_choice(request)
    if request.parallel_tool_calls is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return {"tools": tools, "tool_choice": choice}


def _tool_choice(request: ChatRequest) -> dict[str, Any]:
    choice = request.tool_choice
    if isinstance(choice, NamedTool):
        return {"type": "tool", "name": choice.function.name}
    return {"type": {"required": "any", "none": "none"}.get(choice or "", "auto")}
