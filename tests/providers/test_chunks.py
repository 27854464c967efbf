from typing import Any

import pytest
from pydantic import ValidationError

from padstone.providers import ChatChunk, Completion, Delta, Usage


@pytest.mark.parametrize(
    ("said", "reason"),
    [("stop", "stop"), ("length", "length"), ("eos", "stop"), (None, None)],
)
def test_reasons_are_those_that_clients_know(said: str | None, reason: str | None) -> None:
    chunk = ChatChunk.model_validate({"choices": [{"delta": {}, "finish_reason": said}]})
    assert chunk.choices[0].finish_reason == reason


@pytest.mark.parametrize(
    "sent",
    [
        {"choices": "none"},
        {"choices": [{"index": -1}]},
        {"choices": [{"index": 128}]},
        {"choices": [{"finish_reason": 7}]},
        {"choices": [{}] * 129},
        {"usage": {"prompt_tokens": -1}},
        {"usage": {"prompt_tokens": 2**31}},
    ],
)
def test_what_cannot_be_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChatChunk.model_validate(sent)


def test_all_that_was_written_counts() -> None:
    call = {"function": {"name": "ab", "arguments": "cde"}}
    delta = {"content": "f", "reasoning_content": "gh", "refusal": "ijkl", "tool_calls": [call]}
    assert ChatChunk.model_validate({"choices": [{"delta": delta}]}).length == 12
    assert ChatChunk().length == 0


def test_a_chunk_is_written_without_what_is_not_there() -> None:
    chunk = ChatChunk.of(Delta(content="a"), id="i").model_copy(update={"created": 7})
    assert chunk.wire() == {
        "id": "i",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "",
        "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}],
    }


def test_an_empty_role_is_none() -> None:
    # Some write it into every chunk but the first.
    assert Delta.model_validate({"role": ""}).role is None


def test_usage_adds_up() -> None:
    usage = Usage(prompt_tokens=2, completion_tokens=3)
    assert usage.model_dump()["total_tokens"] == 5


def test_a_completion_without_answers_says_nothing() -> None:
    assert Completion(id="", created=0, model="", choices=[]).text == ""
