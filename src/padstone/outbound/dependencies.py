"""The client as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.outbound.client import OutboundClient
from padstone.state import opened

__all__ = ["OutboundDep", "outbound_of"]


def outbound_of(connection: HTTPConnection) -> OutboundClient:
    """The application's client. ``UnavailableError`` where the application has not started."""
    return opened(connection, "outbound", OutboundClient)


async def _outbound(connection: HTTPConnection) -> OutboundClient:
    return outbound_of(connection)


OutboundDep = Annotated[OutboundClient, Depends(_outbound)]
"""The application's client for services elsewhere."""
