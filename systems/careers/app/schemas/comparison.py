"""Two versions side by side, over the wire."""

from typing import Any, Literal

from pydantic import Field

from app.schemas.base import Read

__all__ = ["Change", "Comparison"]


class Change(Read):
    """One value that differs."""

    path: str = Field(description="Where it stands.", examples=["work.0.position"])
    kind: Literal["added", "removed", "changed"]
    before: Any = Field(description="Null where it was added.")
    after: Any = Field(description="Null where it was removed.")


class Comparison(Read):
    """What differs between two versions; nothing where they say the same."""

    from_version: int
    to_version: int
    changes: list[Change]
    diff: str | None = Field(None, description="Of texts: a unified diff of their lines.")
