"""How much a call has used, while its answer passes."""

from padstone.providers import ChatChunk, ChatRequest, Usage, estimate_tokens
from padstone.providers.messages import (
    AudioPart,
    FilePart,
    ImagePart,
    Message,
    Part,
    TextPart,
)

__all__ = ["Tally", "most_usage", "prompt_characters"]

# What a provider writes around a message, and around the tools.
_AROUND_A_MESSAGE = 16
_AROUND_TOOLS = 600
_AROUND_ALL = 64
# More than any provider's own table says for one image of the usual kinds.
_IMAGE = 5_000
_BYTES_A_SECOND = 2_000  # of the most packed sound
_TOKENS_A_SECOND = 40


class Tally:
    """Counts what passes, until the provider says what it counted."""

    def __init__(self, prompt_tokens: int) -> None:
        self._prompt_tokens = prompt_tokens
        self._characters = 0
        self._told: Usage | None = None

    def follow(self, chunk: ChatChunk) -> None:
        """Takes the next chunk into account."""
        self._characters += chunk.length
        self._told = chunk.usage or self._told

    @property
    def usage(self) -> Usage:
        """What the provider said, else an estimate of what has passed."""
        if self._told is not None:
            return self._told
        written = estimate_tokens(self._characters)
        return Usage(prompt_tokens=self._prompt_tokens, completion_tokens=written, is_estimate=True)


def prompt_characters(request: ChatRequest) -> int:
    """How many characters the model is to read, as far as they are text."""
    return sum(len(message.text) for message in request.messages)


def most_usage(request: ChatRequest, output_limit: int) -> Usage:
    """The most that ``request`` can use, where an answer has at most ``output_limit`` tokens.

    No token is shorter than a byte. For images and sounds it goes by the providers' own tables, so
    what such a call uses beyond them is not covered.
    """
    read = _AROUND_ALL + sum(map(_most_of_message, request.messages))
    rest = request.model_dump(mode="json", include={"tools", "response_format"}, exclude_none=True)
    if rest:
        read += _AROUND_TOOLS + len(str(rest).encode())
    written = (request.n or 1) * min(request.output_limit or output_limit, output_limit)
    return Usage(prompt_tokens=read, completion_tokens=written, is_estimate=True)


def _most_of_message(message: Message) -> int:
    calls = [call.model_dump_json() for call in message.tool_calls or []]
    written = sum(len(call.encode()) for call in calls)
    return _AROUND_A_MESSAGE + written + sum(map(_most_tokens, message.parts))


def _most_tokens(part: Part) -> int:
    match part:
        case TextPart():
            return len(part.text.encode())
        case ImagePart():
            return _IMAGE
        case AudioPart():
            return _TOKENS_A_SECOND * (1 + len(part.input_audio.data) // _BYTES_A_SECOND)
        case FilePart():
            return _IMAGE + len(part.file.file_data or "")
