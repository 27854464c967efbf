"""Padstone: the backend foundation that Python teams stop rewriting.

An application is a ``FastAPI``, a model is a SQLAlchemy model, a schema is a Pydantic model and a
migration is an Alembic revision. Each room of this package is usable alone; ``create_app`` puts
them together.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from padstone.app import Application, create_app
    from padstone.settings import Settings

__all__ = ["Application", "Settings", "create_app"]

_HOME = {
    "Application": "padstone.app",
    "Settings": "padstone.settings",
    "create_app": "padstone.app",
}


def __getattr__(name: str) -> Any:
    # FastAPI takes a second to import, and `padstone --help` must not wait for it.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("padstone")
    raise AttributeError(f"module 'padstone' has no attribute {name!r}")
