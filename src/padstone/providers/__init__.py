"""Models that others run: any OpenAI-compatible upstream, Anthropic, or an echo without either.

::

    request = ChatRequest(model="echo", messages=[{"role": "user", "content": "Hello."}])
    async with open_providers(settings) as router:
        completion = await router.complete(request)
        async with aclosing(router.stream(request)) as chunks:
            async for chunk in chunks:
                ...

An application whose settings inherit ``ProviderSettings`` has the router in its state, as
``state["providers"]``. OpenAI's form of requests and answers is the language of this room.
"""

from padstone.extras import extra

with extra("llm"):
    from padstone.providers.anthropic import AnthropicProvider
    from padstone.providers.chunks import (
        ChatChunk,
        Choice,
        ChunkChoice,
        Completion,
        Delta,
        FinishReason,
        FunctionDelta,
        Reply,
        ToolCallDelta,
        Usage,
    )
    from padstone.providers.collecting import Collected, collect
    from padstone.providers.dependencies import ProvidersDep, providers_of
    from padstone.providers.echo import EchoProvider, estimate_tokens
    from padstone.providers.errors import (
        ContextTooLongError,
        ModelNotFoundError,
        ProviderBrokenError,
        ProviderRefusedError,
        ProviderTimeoutError,
        ProviderUnavailableError,
    )
    from padstone.providers.limits import Limits
    from padstone.providers.messages import (
        AudioPart,
        FilePart,
        FunctionCall,
        ImagePart,
        Message,
        Part,
        TextPart,
        ToolCall,
    )
    from padstone.providers.openai import OpenAIProvider
    from padstone.providers.opening import open_providers
    from padstone.providers.provider import Provider
    from padstone.providers.request import ChatRequest, NamedTool, StreamOptions, Tool
    from padstone.providers.router import Router, Served

__all__ = [
    "AnthropicProvider",
    "AudioPart",
    "ChatChunk",
    "ChatRequest",
    "Choice",
    "ChunkChoice",
    "Collected",
    "Completion",
    "ContextTooLongError",
    "Delta",
    "EchoProvider",
    "FilePart",
    "FinishReason",
    "FunctionCall",
    "FunctionDelta",
    "ImagePart",
    "Limits",
    "Message",
    "ModelNotFoundError",
    "NamedTool",
    "OpenAIProvider",
    "Part",
    "Provider",
    "ProviderBrokenError",
    "ProviderRefusedError",
    "ProviderTimeoutError",
    "ProviderUnavailableError",
    "ProvidersDep",
    "Reply",
    "Router",
    "Served",
    "StreamOptions",
    "TextPart",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
    "collect",
    "estimate_tokens",
    "open_providers",
    "providers_of",
]
