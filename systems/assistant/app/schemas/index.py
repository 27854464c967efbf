"""Where an API begins."""

from pydantic import Field

from padstone.schemas import Read

__all__ = ["Index"]


class Index(Read):
    """What is found where."""

    version: str = Field(examples=["v1"])
    documentation: str = Field("/docs", description="For people, to try things out.")
    openapi: str = Field("/openapi.json", description="For programs.")
