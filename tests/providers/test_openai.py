from uuid import uuid4

import pytest

from chats import ask
from padstone.outbound import OutboundClient
from padstone.providers import OpenAIProvider
from padstone.testing.upstreams import Upstreams

IMAGE = {"type": "image_url", "image_url": {"url": "https://e.example/i.png", "detail": "low"}}


@pytest.mark.parametrize("field", ["max_completion_tokens", "max_tokens"])
async def test_what_was_asked_is_passed_on(
    outbound: OutboundClient, upstreams: Upstreams, field: str
) -> None:
    provider = OpenAIProvider(outbound, upstreams.openai_url, upstreams.KEY, limit_field=field)
    said = str(uuid4())
    content = [{"type": "text", "text": said}, IMAGE]
    tool = {"type": "function", "function": {"name": "look", "strict": True}}
    options = {"tools": [tool], "seed": 7, "stop": ["x"], "response_format": {"type": "text"}}
    asked = ask("double", messages=[{"role": "user", "content": content}], max_tokens=2, **options)
    assert (await provider.complete(asked)).text == "word0 word1 "
    [heard] = await upstreams.produced(said)
    assert heard.headers["authorization"] == f"Bearer {upstreams.KEY}"
    assert heard.body == {
        "model": "double",
        "messages": [{"role": "user", "content": content}],
        field: 2,
        "stream": True,
        "stream_options": {"include_usage": True},
        **options,
    }


async def test_an_upstream_may_want_no_key(outbound: OutboundClient, upstreams: Upstreams) -> None:
    said = str(uuid4())
    with pytest.raises(Exception, match="provider"):
        await OpenAIProvider(outbound, upstreams.openai_url).complete(ask(said=said))
    [heard] = await upstreams.produced(said)
    assert "authorization" not in heard.headers


async def test_counts_that_are_missing_are_missing(
    outbound: OutboundClient, upstreams: Upstreams
) -> None:
    provider = OpenAIProvider(outbound, upstreams.openai_url, upstreams.KEY)
    assert (await provider.complete(ask("double?usage=0"))).usage is None


async def test_an_answer_may_end_without_the_last_word(
    outbound: OutboundClient, upstreams: Upstreams
) -> None:
    # Some never say [DONE]: the reason to stop is enough. The sixth event would be [DONE].
    provider = OpenAIProvider(outbound, upstreams.openai_url, upstreams.KEY)
    completion = await provider.complete(ask("double?tokens=2&finish=length"))
    assert completion.choices[0].finish_reason == "length"
