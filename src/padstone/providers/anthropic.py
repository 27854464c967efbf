"""Anthropic's Messages API, as if it had OpenAI's interface."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from pydantic import ValidationError

from padstone.outbound import OutboundClient
from padstone.providers.anthropic_events import AnthropicEvent, Translation
from padstone.providers.anthropic_request import anthropic_request
from padstone.providers.chunks import ChatChunk
from padstone.providers.errors import ProviderBrokenError
from padstone.providers.provider import Provider
from padstone.providers.request import ChatRequest
from padstone.providers.upstream import Upstream

__all__ = ["AnthropicProvider"]

_VERSION = "2023-06-01"


class AnthropicProvider(Provider):
    """Anthropic, or what has its interface. ``base_url`` ends before ``/v1/messages``."""

    def __init__(
        self,
        client: OutboundClient,
        base_url: str,
        key: str | None = None,
        *,
        name: str = "anthropic",
    ) -> None:
        headers = {"anthropic-version": _VERSION, **({} if key is None else {"x-api-key": key})}
        self._upstream = Upstream(client, base_url, headers, name)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """See ``Provider.stream``."""
        translation = Translation()
        body = anthropic_request(request)
        async with aclosing(self._upstream.events("/v1/messages", body)) as sent:
            async for event in sent:
                told = _read(event.data)
                if told.type == "error":
                    self._upstream.fail(told.error or {})
                if chunk := translation.chunk(told):
                    yield chunk
                if translation.is_over:
                    return
        raise ProviderBrokenError


def _read(data: str) -> AnthropicEvent:
    try:
        return AnthropicEvent.model_validate_json(data)
    except ValidationError:
        # What pydantic says repeats the input.
        raise ProviderBrokenError from None
