"""A stream of chunks, put together to one completion."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from padstone.providers.chunks import (
    ChatChunk,
    Choice,
    ChunkChoice,
    Completion,
    FinishReason,
    Reply,
    ToolCallDelta,
    Usage,
)

__all__ = ["Collected", "collect"]


async def collect(chunks: AsyncIterator[ChatChunk]) -> Completion:
    """The completion that ``chunks`` amount to. Raises what the stream raises."""
    collected = Collected()
    async for chunk in chunks:
        collected.follow(chunk)
    return collected.completion()


class Collected:
    """What came of a stream so far, for whoever hands its chunks on."""

    def __init__(self) -> None:
        self._head: ChatChunk | None = None
        self._answers: dict[int, _Answer] = {}
        self._usage: Usage | None = None

    def follow(self, chunk: ChatChunk) -> None:
        """Takes the next chunk."""
        self._head = self._head or chunk
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices:
            self._answers.setdefault(choice.index, _Answer()).follow(choice)

    def completion(self) -> Completion:
        """All that has come."""
        head = self._head or ChatChunk()
        return Completion(
            id=head.id,
            created=head.created,
            model=head.model,
            choices=[answer.choice(index) for index, answer in sorted(self._answers.items())],
            usage=self._usage,
        )


class _Answer:
    """One answer, while it grows."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._calls: dict[int, _Call] = {}
        self._logprobs: dict[str, list[Any]] = {}
        self._finish: FinishReason | None = None

    def follow(self, choice: ChunkChoice) -> None:
        for name in ("content", "reasoning_content", "refusal"):
            if text := getattr(choice.delta, name):
                self._texts.setdefault(name, []).append(text)
        for call in choice.delta.tool_calls or []:
            self._calls.setdefault(call.index, _Call()).follow(call)
        self._add_logprobs(choice.logprobs or {})
        self._finish = choice.finish_reason or self._finish

    def choice(self, index: int) -> Choice:
        calls = [call.whole() for _, call in sorted(self._calls.items())]
        texts = {name: "".join(parts) for name, parts in self._texts.items()}
        if not calls:
            texts.setdefault("content", "")
        return Choice(
            index=index,
            message=Reply(**texts, tool_calls=calls or None),
            finish_reason=self._finish,
            logprobs=self._logprobs or None,
        )

    def _add_logprobs(self, logprobs: Mapping[str, Any]) -> None:
        for name, values in logprobs.items():
            if isinstance(values, list):
                self._logprobs.setdefault(name, []).extend(values)


class _Call:
    """A tool call, while it grows."""

    def __init__(self) -> None:
        self.id = ""
        self.name: list[str] = []
        self.arguments: list[str] = []

    def follow(self, call: ToolCallDelta) -> None:
        self.id = self.id or call.id or ""
        if call.function is not None:
            self.name.append(call.function.name or "")
            self.arguments.append(call.function.arguments or "")

    def whole(self) -> dict[str, Any]:
        function = {"name": "".join(self.name), "arguments": "".join(self.arguments)}
        return {"id": self.id, "type": "function", "function": function}
