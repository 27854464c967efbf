"""What holds for every provider over HTTP, whichever language it speaks."""

from contextlib import aclosing
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from chats import ask
from padstone.errors import PadstoneError
from padstone.outbound import OutboundClient
from padstone.providers import (
    ContextTooLongError,
    OpenAIProvider,
    Provider,
    ProviderBrokenError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from padstone.testing.upstreams import Upstreams

FIVE = "word0 word1 word2 word3 word4 "


async def test_a_completion_is_what_was_streamed(provider: Provider) -> None:
    request = ask("double?tokens=5", "one two three")
    async with aclosing(provider.stream(request)) as chunks:
        words = [chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices]
    completion = await provider.complete(request)
    assert "".join(words) == completion.text == FIVE
    assert len([word for word in words if word]) == 5
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage is not None
    assert completion.usage.model_dump() == {
        "prompt_tokens": 3,
        "completion_tokens": 5,
        "total_tokens": 8,
        "is_estimate": False,
    }


async def test_a_tool_is_called(provider: Provider) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    completion = await provider.complete(ask("double?tool=look", tools=[tool]))
    [choice] = completion.choices
    assert choice.finish_reason == "tool_calls"
    [call] = choice.message.tool_calls or []
    assert call["function"] == {"name": "look", "arguments": "{}  "}
    assert call["id"]
    assert completion.wire()["choices"][0]["message"]["content"] is None


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("double?status=400", ProviderRefusedError),
        ("double?status=422", ProviderRefusedError),
        ("double?status=400&code=context_length_exceeded", ContextTooLongError),
        ("double?status=401", ProviderUnavailableError),
        ("double?status=404", ProviderUnavailableError),
        ("double?status=307", ProviderUnavailableError),
        ("double?status=429&retry_after=7", ProviderUnavailableError),
        ("double?status=500", ProviderUnavailableError),
        ("double?status=529", ProviderUnavailableError),
        ("double?cut=0", ProviderUnavailableError),
        ("double?cut=2", ProviderUnavailableError),
        ("double?tokens=9&cut=6", ProviderUnavailableError),
        ("double?end=0", ProviderBrokenError),
        ("double?error=overloaded_error", ProviderUnavailableError),
        ("double?garbage=json", ProviderBrokenError),
        ("double?garbage=form", ProviderBrokenError),
        ("double?garbage=text", ProviderBrokenError),
        ("double?garbage=html&garbage_at=0&end=0", ProviderBrokenError),
        ("double?garbage=endless", ProviderBrokenError),
    ],
)
async def test_what_goes_wrong_has_its_error_and_says_nothing_of_the_inside(
    provider: Provider, model: str, error: type[PadstoneError]
) -> None:
    with pytest.raises(PadstoneError) as raised:
        await provider.complete(ask(model, "canary"))
    assert type(raised.value) is error
    told = [str(raised.value), repr(raised.value.__cause__)]
    if raised.value.__context__ is not None:
        assert raised.value.__suppress_context__
    assert not [text for text in told if "canary" in text or Upstreams.KEY in text]


async def test_a_pause_that_was_asked_for_is_told(provider: Provider) -> None:
    with pytest.raises(ProviderUnavailableError) as raised:
        await provider.complete(ask("double?status=429&retry_after=7"))
    assert raised.value.asked_pause == raised.value.retry_after == 7


async def test_a_wrong_key_is_nobodys_business(
    outbound: OutboundClient, upstreams: Upstreams
) -> None:
    wrong = OpenAIProvider(outbound, upstreams.openai_url, "sk-wrong-canary")
    with capture_logs() as logs, pytest.raises(ProviderUnavailableError):
        await wrong.complete(ask(said="prompt canary"))
    assert [line["event"] for line in logs if "provider" in line] == ["provider failed"]
    assert "canary" not in str(logs)


async def test_whoever_leaves_stops_the_provider(provider: Provider, upstreams: Upstreams) -> None:
    said = str(uuid4())
    async with aclosing(provider.stream(ask("double?tokens=100000&delay=0.001", said))) as chunks:
        await anext(chunks)
    [asked] = await upstreams.produced(said)
    assert not asked.ended
    assert asked.completion_tokens < 1000
