"""The providers as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.providers.router import Router
from padstone.state import opened

__all__ = ["ProvidersDep", "providers_of"]


def providers_of(connection: HTTPConnection) -> Router:
    """The application's router. ``UnavailableError`` where the application has not started."""
    return opened(connection, "providers", Router)


async def _providers(connection: HTTPConnection) -> Router:
    return providers_of(connection)


ProvidersDep = Annotated[Router, Depends(_providers)]
"""The application's router over those who run models."""
