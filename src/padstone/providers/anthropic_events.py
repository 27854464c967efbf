"""The events of Anthropic's Messages API, told as chunks of OpenAI's form."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from padstone.providers.chunks import (
    ChatChunk,
    Delta,
    FinishReason,
    FunctionDelta,
    ToolCallDelta,
    Usage,
)

__all__ = ["AnthropicEvent", "Translation"]

_FINISH: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_MOST_TOKENS = 2**31 - 1


class _Piece(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Usage(_Piece):
    """What was read in three ways, and written so far. A count that is missing has not changed."""

    input_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)
    cache_creation_input_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)
    cache_read_input_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)
    output_tokens: int | None = Field(None, ge=0, le=_MOST_TOKENS)


class _Start(_Piece):
    id: str = ""
    usage: _Usage = Field(default_factory=_Usage)


class _Block(_Piece):
    type: str
    id: str | None = None
    name: str | None = None


class _Delta(_Piece):
    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    stop_reason: str | None = None


class AnthropicEvent(_Piece):
    """Any of the events; which fields it has follows from its type."""

    type: str
    index: int = 0
    message: _Start | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: dict[str, Any] | None = None


class Translation:
    """One answer, while it is told."""

    def __init__(self) -> None:
        self.is_over = False
        self._id = ""
        self._counts: dict[str, int] = {}
        self._calls: dict[int, int] = {}  # the number of a tool call by that of its block

    def chunk(self, event: AnthropicEvent) -> ChatChunk | None:
        """What ``event`` means; ``None`` for a ping, and for what has no counterpart."""
        match event.type:
            case "message_start" if event.message:
                self._id = event.message.id
                self._count(event.message.usage)
                return self._of(Delta(role="assistant", content=""))
            case "content_block_start" if event.content_block:
                return self._begin(event.index, event.content_block)
            case "content_block_delta" if event.delta:
                return self._go_on(event.index, event.delta)
            case "message_delta":
                return self._end(event)
            case "message_stop":
                self.is_over = True
                return ChatChunk(id=self._id, usage=self._usage())
            case _:
                return None

    def _begin(self, index: int, block: _Block) -> ChatChunk | None:
        if block.type != "tool_use":
            return None
        number = self._calls[index] = len(self._calls)
        call = FunctionDelta(name=block.name, arguments="")
        return self._of(
            Delta(
                tool_calls=[
                    ToolCallDelta(index=number, id=block.id, type="function", function=call)
                ]
            )
        )

    def _go_on(self, index: int, delta: _Delta) -> ChatChunk | None:
        match delta.type:
            case "text_delta":
                return self._of(Delta(content=delta.text))
            case "thinking_delta":
                return self._of(Delta(reasoning_content=delta.thinking))
            case "input_json_delta" if index in self._calls:
                piece = FunctionDelta(arguments=delta.partial_json)
                call = ToolCallDelta(index=self._calls[index], function=piece)
                return self._of(Delta(tool_calls=[call]))
            case _:
                return None

    def _end(self, event: AnthropicEvent) -> ChatChunk | None:
        self._count(event.usage or _Usage())
        reason = event.delta.stop_reason if event.delta else None
        if reason is None:
            return None
        return ChatChunk.of(finish=_FINISH.get(reason, "stop"), id=self._id)

    def _of(self, delta: Delta) -> ChatChunk:
        return ChatChunk.of(delta, id=self._id)

    def _count(self, usage: _Usage) -> None:
        # Each report is of the whole answer so far, and replaces the one before.
        self._counts |= usage.model_dump(exclude_none=True)

    def _usage(self) -> Usage:
        counts = dict(self._counts)
        written = counts.pop("output_tokens", 0)
        read = min(sum(counts.values()), _MOST_TOKENS)
        return Usage(prompt_tokens=read, completion_tokens=written)
