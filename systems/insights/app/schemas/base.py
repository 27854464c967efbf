"""What several bodies and answers of this system share."""

from typing import Annotated

from pydantic import Field, StringConstraints

from padstone.schemas import Body, Patch, Read

__all__ = ["Body", "Description", "LongText", "Name", "Note", "Patch", "Read", "Slug"]

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="What people call it."),
]
Description = Annotated[
    str, StringConstraints(max_length=2_000), Field(description="What it is for.")
]
Slug = Annotated[
    str,
    StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    Field(description="Its name for programs; unique among those that are not deleted."),
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(description="Why, for whoever reads it later."),
]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
"""What a model is told."""
