"""What the upstreams of tests answer, in the two dialects."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

__all__ = ["ANTHROPIC", "OPENAI", "Answer", "Behaviour", "Dialect"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What follows the ``?`` in the name of a model.

    ``tokens`` are written, ``wait`` seconds pass before the first and ``delay`` between two. The
    connection breaks before event number ``cut``. The first ``times`` requests fail with
    ``status``, the error's ``code`` and a ``retry_after``. Before event number ``garbage_at``
    comes ``garbage``: json, form, text, html or endless. ``tool`` is the name of a tool to ask for;
    ``usage`` 0 leaves out the counts, ``end`` 0 the end of the stream; an ``error`` ends it.
    With ``quote`` 1 the answer is what stands last between ⟦ and ⟧ in the messages. A ``tag`` does
    nothing but tell one model's count of requests from another's.
    """

    tokens: int = 3
    quote: int = 0
    wait: float = 0.0
    delay: float = 0.0
    cut: int = -1
    status: int = 0
    code: str = ""
    times: int = 1_000_000_000
    retry_after: str = ""
    garbage: str = ""
    garbage_at: int = 1
    tool: str = ""
    usage: int = 1
    end: int = 1
    error: str = ""
    finish: str = ""
    tag: str = ""

    @classmethod
    def of(cls, model: str) -> "Behaviour":
        """How the model of this name behaves."""
        kinds = {name: type(value) for name, value in cls._defaults().items()}
        given = parse_qsl(model.partition("?")[2])
        return cls(**{name: kinds[name](value) for name, value in given})

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        return {name: one.default for name, one in cls.__dataclass_fields__.items()}


@dataclass(slots=True)
class Answer:
    """One answer, and what was produced of it so far."""

    said: str
    model: str
    prompt_tokens: int
    behaviour: Behaviour
    headers: dict[str, str] = field(repr=False)
    body: dict[str, Any] = field(repr=False)
    completion_tokens: int = 0
    ended: bool = False

    @classmethod
    def to(cls, body: dict[str, Any], headers: dict[str, str]) -> "Answer":
        """The answer to a request, not yet begun."""
        texts = [_text(message) for message in body["messages"]]
        said = [
            text
            for text, message in zip(texts, body["messages"], strict=True)
            if message["role"] == "user"
        ]
        return cls(
            said=said[-1] if said else "",
            model=body["model"],
            prompt_tokens=sum(len(text.split()) for text in texts),
            behaviour=Behaviour.of(body["model"]),
            headers=headers,
            body=body,
        )

    def words(self) -> Iterator[str]:
        """The answer, a token at a time; each counts once it is asked for."""
        most = self.body.get("max_completion_tokens") or self.body.get("max_tokens")
        for word in islice(self._words(), most):
            self.completion_tokens += 1
            yield word

    def _words(self) -> Iterator[str]:
        if not self.behaviour.quote:
            yield from (f"word{number} " for number in range(self.behaviour.tokens))
            return
        texts = "".join(_text(message) for message in self.body["messages"])
        yield from re.findall(r"\S+\s*", texts.rpartition("⟦")[2].partition("⟧")[0])


class Dialect(NamedTuple):
    """How an interface is spoken: where the key stands, and the events of an answer."""

    key_of: Callable[[dict[str, str]], str]
    events: Callable[[Answer], Iterator[bytes]]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


def _openai(answer: Answer) -> Iterator[bytes]:
    behaviour = answer.behaviour
    head = {"id": "chatcmpl-double", "object": "chat.completion.chunk", "created": 1_700_000_000}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**head, "model": answer.model, "choices": [choice]})

    yield chunk({"role": "assistant", "content": None if behaviour.tool else ""})
    if behaviour.tool:
        yield chunk({"tool_calls": [_openai_call({"id": "call_1", "type": "function"}, answer)]})
    for word in answer.words():
        piece = {"tool_calls": [_openai_piece(word)]} if behaviour.tool else {"content": word}
        yield chunk(piece)
    if behaviour.error:
        yield _event({"error": {"code": behaviour.error, "message": answer.said}})
        return
    if not behaviour.end:
        return
    yield chunk({}, behaviour.finish or ("tool_calls" if behaviour.tool else "stop"))
    if behaviour.usage:
        usage = {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "total_tokens": answer.prompt_tokens + answer.completion_tokens,
        }
        yield _event({**head, "model": answer.model, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _openai_call(call: dict[str, Any], answer: Answer) -> dict[str, Any]:
    return {"index": 0, **call, "function": {"name": answer.behaviour.tool, "arguments": ""}}


def _openai_piece(word: str) -> dict[str, Any]:
    # Together they are a JSON object of empty members.
    first = word == "word0 "
    return {"index": 0, "function": {"arguments": "{}" if first else " "}}


def _anthropic(answer: Answer) -> Iterator[bytes]:
    behaviour = answer.behaviour
    usage = {"input_tokens": answer.prompt_tokens, "output_tokens": 0}
    message = {"id": "msg_double", "type": "message", "model": answer.model, "usage": usage}
    yield _named("message_start", {"message": message})
    yield _named("ping", {})
    block = {"type": "text", "text": ""}
    if behaviour.tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": behaviour.tool, "input": {}}  # type: ignore[dict-item]  # JSON is of many kinds
    yield _named("content_block_start", {"index": 0, "content_block": block})
    for word in answer.words():
        delta = {"type": "text_delta", "text": word}
        if behaviour.tool:
            delta = {"type": "input_json_delta", "partial_json": "{}" if word == "word0 " else " "}
        yield _named("content_block_delta", {"index": 0, "delta": delta})
    if behaviour.error:
        error = {"type": behaviour.error, "message": answer.said}
        yield _named("error", {"error": error})
        return
    if not behaviour.end:
        return
    yield _named("content_block_stop", {"index": 0})
    stop = {"stop_reason": behaviour.finish or ("tool_use" if behaviour.tool else "end_turn")}
    counts = {"output_tokens": answer.completion_tokens}
    yield _named("message_delta", {"delta": stop, "usage": counts})
    yield _named("message_stop", {})


def _event(found: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(found) + b"\n\n"


def _named(kind: str, found: dict[str, Any]) -> bytes:
    return f"event: {kind}\n".encode() + _event({"type": kind, **found})


OPENAI = Dialect(lambda headers: headers.get("authorization", "").removeprefix("Bearer "), _openai)
"""Chat completions."""

ANTHROPIC = Dialect(lambda headers: headers.get("x-api-key", ""), _anthropic)
"""The Messages API."""
