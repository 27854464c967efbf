"""Any upstream that speaks OpenAI's chat completions."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from pydantic import ValidationError

from padstone.outbound import OutboundClient
from padstone.providers.chunks import ChatChunk
from padstone.providers.errors import ProviderBrokenError
from padstone.providers.provider import Provider
from padstone.providers.request import ChatRequest
from padstone.providers.upstream import Upstream

__all__ = ["OpenAIProvider"]

_END = "[DONE]"


class _Frame(ChatChunk):
    """A chunk, or the error that came in its place."""

    error: dict[str, Any] | str | None = None


class OpenAIProvider(Provider):
    """OpenAI, or what has its interface: vLLM, Ollama, a gateway.

    ``base_url`` ends before ``/chat/completions``, mostly with ``/v1``. ``limit_field`` is where
    the upstream reads how long an answer may be: older ones know ``max_tokens`` only.
    """

    def __init__(
        self,
        client: OutboundClient,
        base_url: str,
        key: str | None = None,
        *,
        name: str = "openai",
        limit_field: str = "max_completion_tokens",
    ) -> None:
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        self._upstream = Upstream(client, base_url, headers, name)
        self._limit_field = limit_field

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk]:
        """See ``Provider.stream``."""
        ended = False
        async with aclosing(
            self._upstream.events("/chat/completions", self._body(request))
        ) as sent:
            async for event in sent:
                if event.data == _END:
                    return
                frame = _frame(event.data)
                if frame.error is not None:
                    self._upstream.fail(frame.error if isinstance(frame.error, dict) else {})
                ended = ended or any(choice.finish_reason for choice in frame.choices)
                yield frame
        if not ended:  # some never say [DONE], so this alone tells an answer that was cut off
            raise ProviderBrokenError

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body = request.asked()
        limit = request.output_limit
        if limit is not None:
            body.pop("max_tokens", None)
            body.pop("max_completion_tokens", None)
            body[self._limit_field] = limit
        stream = {"stream": True, "stream_options": {"include_usage": True}}
        return {"model": request.model, **body, **stream}


def _frame(data: str) -> _Frame:
    try:
        return _Frame.model_validate_json(data)
    except ValidationError:
        # What pydantic says repeats the input.
        raise ProviderBrokenError from None
