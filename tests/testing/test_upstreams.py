"""The doubles of providers do what the model's name says, and count it."""

from uuid import uuid4

import httpx2
import pytest

from padstone.testing.upstream_answers import Behaviour
from padstone.testing.upstreams import Upstreams


async def ask(upstreams: Upstreams, model: str, said: str, key: str = "") -> httpx2.Response:
    body = {"model": model, "messages": [{"role": "user", "content": said}]}
    headers = {"Authorization": f"Bearer {key or upstreams.KEY}"}
    async with httpx2.AsyncClient(trust_env=False) as client:
        url = f"{upstreams.openai_url}/chat/completions"
        return await client.post(url, json=body, headers=headers)


async def test_it_counts_what_it_produced(upstreams: Upstreams) -> None:
    said = f"{uuid4()} two"
    answer = await ask(upstreams, "double?tokens=2", said)
    assert answer.text.endswith("data: [DONE]\n\n")
    [one] = await upstreams.produced(said)
    assert (one.prompt_tokens, one.completion_tokens, one.ended) == (2, 2, True)
    assert one.headers["authorization"].endswith(upstreams.KEY)


async def test_it_fails_as_often_as_it_is_told(upstreams: Upstreams) -> None:
    said = str(uuid4())
    model = f"double?status=503&times=2&retry_after=9&tag={said}"
    answers = [await ask(upstreams, model, said) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "9"


async def test_it_breaks_off_where_it_is_told(upstreams: Upstreams) -> None:
    said = str(uuid4())
    with pytest.raises(httpx2.TransportError):
        await ask(upstreams, "double?tokens=9&cut=3", said)
    [one] = await upstreams.produced(said)
    assert (one.completion_tokens, one.ended) == (3, False)


async def test_it_knows_its_key(upstreams: Upstreams) -> None:
    assert (await ask(upstreams, "double", "x", key="other")).status_code == 401


def test_a_behaviour_that_nobody_knows_is_an_error() -> None:
    assert Behaviour.of("double") == Behaviour()
    with pytest.raises(KeyError):
        Behaviour.of("double?fast=1")
