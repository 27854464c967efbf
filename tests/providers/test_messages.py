from typing import Any

import pytest
from pydantic import ValidationError

from padstone.providers import Message, TextPart

CALL = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}


@pytest.mark.parametrize(
    "given",
    [
        {"role": "user", "content": "x"},
        {"role": "user", "content": [{"type": "text", "text": "x"}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "assistant"},
        {"role": "tool", "content": "x", "tool_call_id": "c"},
        {"role": "developer", "content": "x", "later": "field"},
    ],
)
def test_messages_as_openai_writes_them_are_taken(given: dict[str, Any]) -> None:
    message = Message.model_validate(given)
    told = message.model_dump(exclude_unset=True)
    assert told == {name: value for name, value in given.items() if name != "later"}


@pytest.mark.parametrize(
    "given",
    [
        {"role": "user"},
        {"role": "tool", "content": "x"},
        {"role": "user", "content": "x", "tool_calls": [CALL]},
        {"role": "nobody", "content": "x"},
        {"role": "user", "content": [{"type": "smell"}]},
        {"role": "user", "content": 7},
        {"role": "user", "content": "\0"},
        {"role": "user", "content": [{"type": "text", "text": "x"}] * 1001},
    ],
)
def test_others_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate(given)


def test_the_words_are_those_of_all_parts() -> None:
    parts = [
        {"type": "text", "text": "a"},
        {"type": "image_url", "image_url": {"url": "u"}},
        {"type": "text", "text": "b"},
    ]
    assert Message.model_validate({"role": "user", "content": parts}).text == "ab"
    assert Message(role="user", content="ab").parts == [TextPart(type="text", text="ab")]
    assert Message(role="assistant").text == ""
