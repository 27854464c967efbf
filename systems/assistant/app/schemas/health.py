"""Health over the wire."""

from typing import Literal

from padstone.schemas import Read

__all__ = ["Health"]


class Health(Read):
    """The process answers, and which version of the API it speaks."""

    status: Literal["healthy"] = "healthy"
    version: str
