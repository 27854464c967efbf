"""How a ``World`` marks what makes rows."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

__all__ = ["is_row", "row"]

Maker = TypeVar("Maker", bound=Callable[..., Awaitable[Any]])


def row(maker: Maker) -> Maker:
    """Marks a method of a ``World`` that makes a new row for a caller and returns its id.

    Its name is the path parameter that the id stands in. Further parameters are the ids of other
    rows of the same caller, by the same names.
    """
    maker.__is_row__ = True  # type: ignore[attr-defined]  # where kinds() finds it
    return maker


def is_row(value: object) -> bool:
    """Whether it is so marked."""
    return getattr(value, "__is_row__", False) is True
