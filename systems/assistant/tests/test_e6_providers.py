"""E6: who runs the models: chosen by name, repeated, replaced, and never quoted."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from people import SignIn
from talking import PRICES, frames, providers, question

from app.core.config import Settings
from padstone.providers import open_providers
from padstone.settings import SettingsError
from padstone.testing.running import Running
from padstone.testing.upstreams import Upstreams

PATH = "/v1/chat/completions"
Ask = Callable[..., Any]


@pytest_asyncio.fixture
async def ask(running: Running, signed_in: SignIn, upstreams: Upstreams) -> AsyncIterator[Ask]:
    """Asks with providers of the test's own: ``await ask({"double": "double?status=500"})``."""
    pro = await signed_in(plan="pro")
    async with AsyncExitStack() as stack:

        async def asked(
            models: Mapping[str, str] | list[dict[str, Any]], model: str = "double", **options: Any
        ) -> httpx2.Response:
            entries = models if isinstance(models, list) else providers(upstreams, models)
            own = {"PROVIDERS": json.dumps(entries), "PRICES": PRICES}
            timeouts = {name: options.pop(name) for name in list(options) if name.isupper()}
            settings = Settings(**{**running.state["settings"].model_dump(), **own, **timeouts})
            router = await stack.enter_async_context(open_providers(settings))
            state = {**running.state, "providers": router, "settings": settings}
            client = await stack.enter_async_context(Running(running.app, state).client())
            body = question(model, options.pop("said", "Say it."), **options)
            return await client.post(PATH, json=body, headers=pro.headers)

        yield asked


@pytest.mark.parametrize("kind", ["", "@anthropic"])
async def test_e6_both_languages_are_spoken(ask: Ask, upstreams: Upstreams, kind: str) -> None:
    """GIVEN a model at an upstream of either kind, where it has another name
    WHEN it is asked
    THEN the answer is in OpenAI's form, under the name that was asked for
    """
    said = str(uuid4())
    answer = await ask({"double": f"double?tokens=4{kind}"}, said=said)
    body = answer.json()
    assert body["model"] == "double"
    assert body["choices"][0]["message"]["content"] == "word0 word1 word2 word3 "
    assert body["usage"] == {
        "prompt_tokens": 1,
        "completion_tokens": 4,
        "total_tokens": 5,
        "is_estimate": False,
    }
    [heard] = await upstreams.produced(said)
    assert heard.model == "double?tokens=4"
    assert heard.body["max_tokens" if kind else "max_completion_tokens"] == 16_384


@pytest.mark.parametrize("kind", ["", "@anthropic"])
async def test_e6_a_tool_call_is_streamed(ask: Ask, kind: str) -> None:
    """GIVEN a tool
    WHEN a model of either kind streams a call of it
    THEN its pieces arrive as OpenAI's clients put them together
    """
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    answer = await ask({"double": f"double?tool=look{kind}"}, tools=[tool], stream=True)
    deltas = [frame["choices"][0]["delta"] for frame in frames(answer.text)[:-1]]
    calls = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert calls[0]["id"]
    assert calls[0]["function"]["name"] == "look"
    assert "".join(call["function"].get("arguments", "") for call in calls).strip() == "{}"


async def test_e6_before_the_first_word_it_is_tried_again(ask: Ask, upstreams: Upstreams) -> None:
    """GIVEN an upstream that fails once
    WHEN it is asked
    THEN it is asked again, and answers
    """
    said = str(uuid4())
    answer = await ask({"double": f"double?status=500&times=1&tag={said}"}, said=said)
    assert answer.status_code == 200, answer.text
    assert len(await upstreams.produced(said)) == 2


async def test_e6_another_one_stands_in(ask: Ask, upstreams: Upstreams) -> None:
    """GIVEN a model that two providers have
    WHEN the first cannot serve
    THEN the second does
    """
    entries = [
        *providers(upstreams, {"double": "double?status=429&retry_after=60"}),
        {**providers(upstreams, {"double": "double?tokens=2@anthropic"})[0], "name": "second"},
    ]
    answer = await ask(entries)
    assert answer.json()["choices"][0]["message"]["content"] == "word0 word1 "


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        ("status=500", 503, "provider_unavailable"),
        ("status=401", 503, "provider_unavailable"),
        ("status=400", 400, "provider_refused"),
        ("status=400&code=context_length_exceeded", 400, "context_length_exceeded"),
        ("garbage=json&garbage_at=0", 503, "provider_broken"),
        ("wait=30", 503, "provider_timeout"),
    ],
)
async def test_e6_what_goes_wrong_is_told_without_the_providers_words(
    ask: Ask, behaviour: str, status: int, code: str
) -> None:
    """GIVEN an upstream that fails in its own words
    WHEN it is asked
    THEN the error is ours, and quotes neither the upstream nor the key
    """
    limits = {"PROVIDER_FIRST_TIMEOUT_SECONDS": 0.3, "PROVIDER_ATTEMPTS": 1}
    answer = await ask({"double": f"double?{behaviour}"}, said="canary", **limits)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] == code
    assert "canary" not in answer.text
    assert Upstreams.KEY not in answer.text


@pytest.mark.parametrize("behaviour", ["tokens=9&cut=5", "tokens=9&error=overloaded_error"])
async def test_e6_an_answer_that_breaks_off_says_so(ask: Ask, behaviour: str) -> None:
    """GIVEN an upstream that fails in the middle
    WHEN its answer is streamed
    THEN the last event is an error, and there is no [DONE]
    """
    answer = await ask({"double": f"double?{behaviour}"}, stream=True)
    *chunks, last = frames(answer.text)
    assert chunks
    assert last["error"]["code"] == "provider_unavailable"


def test_e6_a_model_without_a_price_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """GIVEN a provider whose model has no price
    WHEN the settings are read
    THEN they are refused, and say which
    """
    entry = {"name": "o", "kind": "openai", "key": "sk-canary", "models": ["gpt-9", "gpt-8"]}
    with pytest.raises(SettingsError, match="gpt-9") as raised:
        Settings(PROVIDERS=json.dumps([entry]), PRICES={"gpt-8": (1, 1)})
    assert "gpt-8" not in str(raised.value)
    assert "canary" not in str(raised.value)
    Settings(PROVIDERS=json.dumps([entry]), PRICES={"gpt-8": (1, 1), "gpt-*": (2, 2)})
