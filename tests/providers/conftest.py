"""The providers against a process that behaves as each test says."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest_asyncio

from padstone.outbound import OutboundClient
from padstone.providers import AnthropicProvider, OpenAIProvider, Provider
from padstone.settings import OutboundSettings
from padstone.testing.upstreams import Upstreams


class Settings(OutboundSettings):
    SYSTEM: ClassVar[str] = "caller"


@pytest_asyncio.fixture
async def outbound() -> AsyncIterator[OutboundClient]:
    client = OutboundClient(Settings())
    yield client
    await client.close()


@pytest_asyncio.fixture(params=["openai", "anthropic"])
async def provider(request: Any, outbound: OutboundClient, upstreams: Upstreams) -> Provider:
    """Each kind of provider in turn: what a test expects holds for both."""
    if request.param == "openai":
        return OpenAIProvider(outbound, upstreams.openai_url, upstreams.KEY)
    return AnthropicProvider(outbound, upstreams.url, upstreams.KEY)
