"""Health over the wire."""

from typing import Literal

from padstone.schemas import Read

__all__ = ["Health"]


class Health(Read):
    """The service and what it needs."""

    status: Literal["healthy", "unhealthy"]
    database: Literal["connected", "disconnected"]
    version: str
