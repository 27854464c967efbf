"""What the ini options of pytest name: the application under test, and its settings."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["named", "named_app"]

T = TypeVar("T")


def named_app(config: pytest.Config) -> FastAPI:
    """What ``padstone_app`` names, imported. ``pytest.UsageError`` for what is no FastAPI."""
    from fastapi import FastAPI

    return named(config, "padstone_app", FastAPI)


def named(config: pytest.Config, option: str, kind: type[T]) -> T:
    """What ``option`` names, as ``module:name``. ``pytest.UsageError`` for what is no ``kind``."""
    said = str(config.getini(option))
    module, _, name = said.partition(":")
    found = getattr(import_module(module), name, None)
    if not isinstance(found, kind):
        raise pytest.UsageError(f"{option} names {said!r}, which is no {kind.__name__}")
    return found
