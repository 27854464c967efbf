"""Configurations over the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.schemas.base import Body, Read

__all__ = ["ConfigurationList", "ConfigurationRead", "ConfigurationSet", "Value"]

Text = Annotated[str, StringConstraints(max_length=2_000)]
Value = bool | int | Text | Annotated[list[Text], Field(max_length=100)] | None
"""What a value may be at all; each key says more."""


class ConfigurationSet(Body):
    """The value that is to count."""

    value: Value = Field(description="Of the type that the key has.", examples=["en"])


class ConfigurationRead(Read):
    """A key, and the value that counts."""

    key: str = Field(examples=["analysis.language"])
    value: Value = Field(description="The value that counts.")
    source: Literal["default", "system", "user"] = Field(description="Where it comes from.")
    default: Value
    is_personal: bool = Field(description="Whether a user may have a value of their own.")
    description: str


class ConfigurationList(Read):
    """Every key with the value that counts."""

    items: list[ConfigurationRead]
