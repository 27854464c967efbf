"""Texts that several bodies take."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

__all__ = ["Description", "Name", "Note", "Sku", "Slug"]

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="What people call it.", examples=["Cast Iron Skillet 26 cm"]),
]
Description = Annotated[
    str,
    StringConstraints(max_length=10_000),
    Field(description="What a buyer wants to know.", examples=["Seasoned with flaxseed oil."]),
]


def _no_id(slug: str) -> str:
    try:
        UUID(slug)
    except ValueError:
        return slug
    raise ValueError("must not look like an id, since either may stand in an address")


Slug = Annotated[
    str,
    StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    AfterValidator(_no_id),
    Field(
        description="Its name in addresses; made from the name when left out.",
        examples=["cast-iron-skillet-26-cm"],
    ),
]
Sku = Annotated[
    str,
    StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"),
    Field(description="The shop's own number for the product.", examples=["PAN-4001"]),
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="Why, for whoever reads it later.", examples=["Paid by bank transfer"]),
]
