from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats import ask
from metered import words
from padstone.metering import Tally, most_usage, prompt_characters
from padstone.providers import Usage

TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
TOLD = Usage(prompt_tokens=3, completion_tokens=5)


def test_it_estimates_until_it_is_told() -> None:
    tally = Tally(7)
    assert tally.usage == Usage(prompt_tokens=7, completion_tokens=0, is_estimate=True)
    for chunk in words("abcd", "efg"):
        tally.follow(chunk)
    assert tally.usage == Usage(prompt_tokens=7, completion_tokens=2, is_estimate=True)
    tally.follow(words(usage=TOLD)[0])
    assert tally.usage == TOLD


def test_what_is_told_later_counts() -> None:
    tally = Tally(7)
    for usage in (Usage(prompt_tokens=3, completion_tokens=1), TOLD):
        tally.follow(words(usage=usage)[0])
    assert tally.usage == TOLD


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_no_text_has_more_tokens_than_bytes(said: str) -> None:
    assert most_usage(ask(said=said), 10).prompt_tokens >= len(said.encode()) + 16


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({}, 50),
        ({"max_tokens": 20}, 20),
        ({"max_completion_tokens": 20, "max_tokens": 40}, 20),
        ({"max_tokens": 80}, 50),
        ({"n": 3}, 150),
        ({"n": 3, "max_tokens": 20}, 60),
    ],
)
def test_what_can_be_written(options: dict[str, Any], most: int) -> None:
    assert most_usage(ask(**options), 50).completion_tokens == most


def content(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(parts)}]}


SOUND = {"data": "a" * 9_999, "format": "mp3"}
CALL = {"id": "c", "function": {"name": "look", "arguments": '{"a": "bcd"}'}}


@pytest.mark.parametrize(
    ("options", "at_least"),
    [
        ({"tools": [TOOL]}, 600),
        (content({"type": "image_url", "image_url": {"url": "https://e.example/i"}}), 5_000),
        (
            content({"type": "input_audio", "input_audio": {"data": "a" * 9999, "format": "mp3"}}),
            200,
        ),
        (content({"type": "file", "file": {"file_data": "a" * 999}}), 5_999),
        ({"messages": [{"role": "assistant", "tool_calls": [CALL]}]}, 12),
        ({"response_format": {"type": "json_schema", "json_schema": {"a": "b" * 99}}}, 699),
    ],
)
def test_all_that_is_read_is_reserved_for(options: dict[str, Any], at_least: int) -> None:
    few = most_usage(ask(said=""), 1).prompt_tokens
    assert most_usage(ask(said="", **options), 1).prompt_tokens >= few + at_least


def test_the_characters_of_all_messages_count() -> None:
    said = [{"role": "system", "content": "abc"}, {"role": "user", "content": "de"}]
    assert prompt_characters(ask(messages=said)) == 5
