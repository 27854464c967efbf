"""What a model answers: a stream of chunks, or all of them as one completion."""

import time
from typing import Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    computed_field,
    field_validator,
)

__all__ = [
    "ChatChunk",
    "Choice",
    "ChunkChoice",
    "Completion",
    "Delta",
    "FinishReason",
    "FunctionDelta",
    "Reply",
    "ToolCallDelta",
    "Usage",
]

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]
"""Why an answer ended: it was complete, too long, asks for a tool, or was held back."""

_REASONS = set(get_args(FinishReason))
_MOST_TOKENS = 2**31 - 1
_MOST_CHOICES = 128


class _Answer(BaseModel):
    """A piece of an answer; what a provider says beyond it is left out."""

    model_config = ConfigDict(extra="ignore")


class Usage(_Answer):
    """How many tokens were read and written; ``is_estimate`` where nobody counted them."""

    prompt_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    completion_tokens: int = Field(0, ge=0, le=_MOST_TOKENS)
    is_estimate: bool = False

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know pydantic's decorator
    @property
    def total_tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.completion_tokens


class FunctionDelta(_Answer):
    """The next piece of a call's name or arguments."""

    name: str | None = None
    arguments: str | None = None


class ToolCallDelta(_Answer):
    """The next piece of a tool call; ``index`` says of which."""

    index: int = Field(0, ge=0, lt=_MOST_CHOICES)
    id: str | None = None
    type: Literal["function"] | None = None
    function: FunctionDelta | None = None


class Delta(_Answer):
    """What comes next in an answer."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    reasoning_content: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None

    @field_validator("role", mode="before")
    @classmethod
    def _no_name(cls, value: Any) -> Any:
        return value or None  # some write an empty text in every chunk but the first

    @property
    def length(self) -> int:
        """How many characters the model wrote here."""
        calls = [call.function for call in self.tool_calls or [] if call.function]
        texts = [self.content, self.reasoning_content, self.refusal]
        texts += [text for call in calls for text in (call.name, call.arguments)]
        return sum(len(text) for text in texts if text)


class ChunkChoice(_Answer):
    """One of the answers that were asked for, as far as this chunk continues it."""

    index: int = Field(0, ge=0, lt=_MOST_CHOICES)
    delta: Delta = Field(default_factory=Delta)
    finish_reason: FinishReason | None = None
    logprobs: dict[str, Any] | None = None

    @field_validator("finish_reason", mode="before")
    @classmethod
    def _known_reason(cls, value: Any) -> Any:
        # Words of a provider's own, such as "eos", mean that the model had no more to say.
        return "stop" if isinstance(value, str) and value and value not in _REASONS else value


class ChatChunk(_Answer):
    """The next piece of a stream. ``usage`` comes at its end."""

    id: str = ""
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int = Field(default_factory=lambda: int(time.time()))
    model: str = ""
    choices: list[ChunkChoice] = Field(default_factory=list, max_length=_MOST_CHOICES)
    usage: Usage | None = None

    @classmethod
    def of(
        cls,
        delta: Delta | None = None,
        *,
        finish: FinishReason | None = None,
        id: str = "",  # noqa: A002  # its name on the wire
    ) -> "ChatChunk":
        """A chunk with one choice."""
        return cls(id=id, choices=[ChunkChoice(delta=delta or Delta(), finish_reason=finish)])

    @property
    def length(self) -> int:
        """How many characters the model wrote here."""
        return sum(choice.delta.length for choice in self.choices)

    def wire(self) -> dict[str, Any]:
        """As it is sent to clients: without what is not there, but for the reason, as they wait
        for it.
        """
        written = self.model_dump(mode="json", exclude_none=True)
        for choice in written["choices"]:
            choice.setdefault("finish_reason", None)
        return written


class Reply(_Answer):
    """A whole answer."""

    role: Literal["assistant"] = "assistant"
    content: str | None = None
    reasoning_content: str | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class Choice(_Answer):
    """One of the answers that were asked for."""

    index: int = 0
    message: Reply
    finish_reason: FinishReason | None = None
    logprobs: dict[str, Any] | None = None


class Completion(_Answer):
    """All that a model answered."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | None = None

    @property
    def text(self) -> str:
        """The words of the first answer."""
        return (self.choices[0].message.content or "") if self.choices else ""

    def wire(self) -> dict[str, Any]:
        """As it is sent to clients: they look for content, also where there are only tool calls."""
        written = self.model_dump(mode="json", exclude_none=True)
        for choice in written["choices"]:
            choice.setdefault("finish_reason", None)
            choice["message"].setdefault("content", None)
        return written
