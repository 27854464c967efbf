"""The project and this package: what has changed since the project was last brought along."""

import tomllib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from padstone.cli.doctor.changes import CHANGES, Change, minor
from padstone.cli.doctor.finding import Finding

__all__ = ["upgrade"]

SUBJECT = "upgrade"


def upgrade(
    folder: Path, *, installed: str | None = None, changes: Sequence[Change] = CHANGES
) -> list[Finding]:
    """What the ``installed`` version asks of the project in ``folder``, and the project lacks.

    The project says in ``[tool.padstone]`` with which version it last agreed.
    """
    ours = installed or version("padstone")
    now = ".".join(map(str, minor(ours)))
    try:
        theirs = _version_of(folder)
    except ValueError:
        return [Finding(SUBJECT, "error", "The version in [tool.padstone] is none.", _note(now))]
    if theirs is None:
        what = "pyproject.toml does not say with which padstone the project agrees."
        return [Finding(SUBJECT, "note", what, f"Read CHANGELOG, then: {_note(now)}")]
    if minor(theirs) > minor(ours):
        what = f"The project is for padstone {theirs}, and {ours} is installed."
        return [Finding(SUBJECT, "error", what, "Install what the project asks for: uv sync")]
    if minor(theirs) == minor(ours):
        return [Finding(SUBJECT, "ok", f"The project agrees with padstone {ours}.")]
    asked = [
        Finding(f"{SUBJECT} to {one.version}", "warning", one.what, one.mend)
        for one in changes
        if minor(theirs) < minor(one.version) <= minor(ours)
    ]
    what = f"The project agrees with padstone {theirs}, and {ours} is installed."
    done = "That done" if asked else "Nothing has to be edited"
    return [*asked, Finding(SUBJECT, "note", what, f"{done}: {_note(now)}")]


def _version_of(folder: Path) -> str | None:
    """What the project says. Raises ``ValueError`` where that is no version."""
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text())
    except (OSError, ValueError):  # whoever needs the file says so
        return None
    found = document.get("tool", {}).get("padstone", {}).get("version")
    if found is None:
        return None
    minor(str(found))
    return str(found)


def _note(now: str) -> str:
    return f'Write version = "{now}" under [tool.padstone] in pyproject.toml.'
