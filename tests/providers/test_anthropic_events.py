from typing import Any

import pytest

from padstone.providers import ChatChunk, Usage
from padstone.providers.anthropic_events import AnthropicEvent, Translation


def told(*events: dict[str, Any]) -> list[ChatChunk]:
    translation = Translation()
    found = [translation.chunk(AnthropicEvent.model_validate(one)) for one in events]
    return [chunk for chunk in found if chunk is not None]


def start(**usage: int) -> dict[str, Any]:
    return {"type": "message_start", "message": {"id": "m", "usage": usage}}


STOP = {"type": "message_stop"}


def test_what_was_read_is_counted_in_all_ways() -> None:
    usage = {"input_tokens": 3, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7}
    more = {"type": "message_delta", "usage": {"output_tokens": 2}}
    most = {"type": "message_delta", "usage": {"output_tokens": 9, "input_tokens": None}}
    *_, last = told(start(**usage, output_tokens=1), more, most, STOP)
    assert last.usage == Usage(prompt_tokens=15, completion_tokens=9)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("something_new", "stop"),
    ],
)
def test_reasons_are_translated(reason: str, finish: str) -> None:
    [chunk] = told({"type": "message_delta", "delta": {"stop_reason": reason}})
    assert chunk.choices[0].finish_reason == finish


def test_calls_are_numbered_among_themselves() -> None:
    def block(index: int, kind: str, **rest: Any) -> dict[str, Any]:
        return {
            "type": "content_block_start",
            "index": index,
            "content_block": {"type": kind, **rest},
        }

    def delta(index: int, kind: str, **rest: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **rest}}

    chunks = told(
        block(0, "thinking"),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "signature_delta", signature="s"),
        block(1, "text"),
        delta(1, "text_delta", text="Look."),
        block(2, "tool_use", id="a", name="look"),
        delta(2, "input_json_delta", partial_json="{}"),
        block(3, "tool_use", id="b", name="find"),
        delta(3, "input_json_delta", partial_json="[]"),
        delta(9, "input_json_delta", partial_json="lost"),
    )
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].reasoning_content == "hm"
    assert deltas[1].content == "Look."
    calls = [call for one in deltas for call in one.tool_calls or []]
    assert [(call.index, call.id) for call in calls] == [(0, "a"), (0, None), (1, "b"), (1, None)]
    assert [call.function.arguments for call in calls if call.function] == ["", "{}", "", "[]"]


@pytest.mark.parametrize(
    "event",
    [{"type": "ping"}, {"type": "new_kind"}, {"type": "message_delta"}, {"type": "message_start"}],
)
def test_what_means_nothing_is_nothing(event: dict[str, Any]) -> None:
    assert told(event) == []
