from collections.abc import AsyncIterator
from typing import Any

import pytest

from padstone.providers import ChatChunk, Collected, collect


async def chunks(*sent: dict[str, Any]) -> AsyncIterator[ChatChunk]:
    for one in sent:
        yield ChatChunk.model_validate({"id": "i", "created": 7, "model": "m", **one})


def choice(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish}]}


async def test_pieces_become_one_answer_each() -> None:
    whole = await collect(
        chunks(
            choice(role="assistant", content=""),
            choice(content="a"),
            choice(1, content="x"),
            choice(content="b", finish="stop"),
            choice(1, finish="length"),
            {"usage": {"prompt_tokens": 1, "completion_tokens": 2}},
        )
    )
    assert (whole.id, whole.created, whole.model) == ("i", 7, "m")
    said = [(one.message.content, one.finish_reason) for one in whole.choices]
    assert said == [("ab", "stop"), ("x", "length")]
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 2


async def test_pieces_of_calls_are_put_together() -> None:
    def call(index: int, **given: Any) -> dict[str, Any]:
        function = {name: given.pop(name) for name in ("name", "arguments") if name in given}
        return choice(tool_calls=[{"index": index, "function": function, **given}])

    whole = await collect(
        chunks(
            call(0, id="a", name="look", arguments=""),
            call(0, arguments='{"x"'),
            call(1, id="b", name="find", arguments="{}"),
            call(0, arguments=":1}"),
            choice(finish="tool_calls"),
        )
    )
    message = whole.choices[0].message
    assert message.content is None
    assert message.tool_calls == [
        {"id": "a", "type": "function", "function": {"name": "look", "arguments": '{"x":1}'}},
        {"id": "b", "type": "function", "function": {"name": "find", "arguments": "{}"}},
    ]


async def test_thoughts_refusals_and_probabilities_are_kept() -> None:
    first, second = choice(reasoning_content="h"), choice(reasoning_content="m", refusal="no")
    first["choices"][0]["logprobs"] = {"content": [1], "refusal": None}
    second["choices"][0]["logprobs"] = {"content": [2]}
    [one] = (await collect(chunks(first, second))).choices
    assert (one.message.reasoning_content, one.message.refusal) == ("hm", "no")
    assert one.logprobs == {"content": [1, 2]}


async def test_what_the_stream_raises_is_raised() -> None:
    async def broken() -> AsyncIterator[ChatChunk]:
        yield ChatChunk()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await collect(broken())


def test_nothing_is_a_completion_too() -> None:
    assert Collected().completion().choices == []
