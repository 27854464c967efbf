"""The providers that the settings name."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from padstone.outbound import OutboundClient
from padstone.providers.anthropic import AnthropicProvider
from padstone.providers.echo import EchoProvider
from padstone.providers.limits import Limits
from padstone.providers.openai import OpenAIProvider
from padstone.providers.provider import Provider
from padstone.providers.router import Router, Served
from padstone.settings import ProviderEntry, ProviderSettings

__all__ = ["open_providers"]

Observe = Callable[[str, str, float], None]


@asynccontextmanager
async def open_providers(
    settings: ProviderSettings, *, observe: Observe | None = None
) -> AsyncIterator[Router]:
    """A router over the providers of ``settings``. Nothing is connected before it is asked.

    ``observe`` is told of every exchange: host, outcome, seconds.
    """
    client = _client(settings, observe)
    try:
        yield _router(settings, client)
    finally:
        await client.close()


def _router(settings: ProviderSettings, client: OutboundClient) -> Router:
    models: dict[str, list[Served]] = {}
    for entry in settings.provider_entries():
        provider = _provider(entry, client)
        for name, upstream_name in entry.models.items():
            served = Served(provider, upstream_name, owner=entry.name)
            models.setdefault(name, []).append(served)
    limits = Limits(
        first=settings.PROVIDER_FIRST_TIMEOUT_SECONDS,
        idle=settings.PROVIDER_IDLE_TIMEOUT_SECONDS,
        total=settings.PROVIDER_TIMEOUT_SECONDS,
    )
    return Router(models, limits=limits, attempts=settings.PROVIDER_ATTEMPTS)


def _client(settings: ProviderSettings, observe: Observe | None) -> OutboundClient:
    """A pool of its own: a thousand answers that take minutes must not be in other calls' way."""
    connections = {"OUTBOUND_MAX_CONNECTIONS": settings.PROVIDER_MAX_CONNECTIONS}
    return OutboundClient(settings.model_copy(update=connections), observe=observe)


def _provider(entry: ProviderEntry, client: OutboundClient) -> Provider:
    key = entry.key.get_secret_value() if entry.key else None
    match entry.kind:
        case "openai":
            return OpenAIProvider(
                client, entry.base_url, key, name=entry.name, limit_field=entry.limit_field
            )
        case "anthropic":
            return AnthropicProvider(client, entry.base_url, key, name=entry.name)
        case "echo":
            return EchoProvider()
