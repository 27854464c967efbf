"""What a caller asks of a model, in the form of OpenAI's chat completions."""

from typing import Annotated, Any, Literal

from pydantic import Field

from padstone.providers.messages import Message, Wire

__all__ = ["ChatRequest", "NamedTool", "StreamOptions", "Tool"]

MOST_MESSAGES = 4096
MOST_TOKENS = 2**31 - 1

# What only says how the answer travels, and is settled between us and each provider.
_OURS = {"model", "stream", "stream_options"}


class StreamOptions(Wire):
    """What a stream says beside the answer."""

    include_usage: bool | None = Field(None, description="End with a chunk that has the usage.")


class Function(Wire):
    """A function that the caller's program offers; ``parameters`` is a JSON schema."""

    name: str = Field(min_length=1, max_length=256)
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Wire):
    """Something a model may ask for."""

    type: Literal["function"]
    function: Function


class FunctionName(Wire):
    """Which function is meant."""

    name: str = Field(min_length=1, max_length=256)


class NamedTool(Wire):
    """The one function that the model must ask for."""

    type: Literal["function"]
    function: FunctionName


class ChatRequest(Wire):
    """A conversation, and how it is to go on."""

    model: str = Field(min_length=1, max_length=256, examples=["echo"])
    messages: list[Message] = Field(
        min_length=1,
        max_length=MOST_MESSAGES,
        examples=[[{"role": "user", "content": "Say hello."}]],
    )
    stream: bool | None = Field(None, description="Answer in server-sent events, as it comes.")
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    max_completion_tokens: int | None = Field(None, ge=1, le=MOST_TOKENS)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    n: int | None = Field(None, ge=1, le=8)
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    tools: list[Tool] | None = Field(None, max_length=128)
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: dict[str, Any] | None = None
    seed: int | None = None
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    reasoning_effort: str | None = Field(None, max_length=32)

    @property
    def output_limit(self) -> int | None:
        """The most tokens that one answer may have, where the caller says so."""
        return self.max_completion_tokens or self.max_tokens

    def limited(self, tokens: int) -> "ChatRequest":
        """The same request, whose answers have at most ``tokens`` tokens each."""
        limit = min(self.output_limit or tokens, tokens)
        return self.model_copy(update={"max_completion_tokens": limit, "max_tokens": None})

    def asked(self) -> dict[str, Any]:
        """What the caller set, for a provider that speaks this form. It sets the rest itself."""
        return self.model_dump(mode="json", exclude=_OURS, exclude_none=True)
