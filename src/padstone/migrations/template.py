"""The text of a new revision."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mako.template import Template  # type: ignore[import-untyped]

__all__ = ["render_revision"]


def render_revision(values: Mapping[str, Any]) -> str:
    """The text of a new revision from Alembic's ``values`` for it.

    Alembic wants the template in the system's folder; there it is one line that calls this, so
    that the text is upgraded with the library.
    """
    template = Template(filename=str(Path(__file__).with_name("revision.py.mako")))  # noqa: S702
    text: str = template.render_unicode(**values)
    return text
