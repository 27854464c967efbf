"""The ``.env`` file: settings that nobody reads, because their names are mistyped."""

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from padstone.cli.doctor.finding import Finding
from padstone.settings.base import reads_env_file

__all__ = ["dotenv"]

_CLOSE = 0.8


def dotenv(folder: Path, known: Collection[str]) -> list[Finding]:
    """A finding for each name in ``.env`` that is nearly one of the ``known`` variables.

    Names that resemble none belong to other programs, and the settings ignore them too.
    """
    path = folder / ".env"
    if not path.is_file():
        return [Finding(".env", "ok", "There is none, and none is needed.")]
    if not reads_env_file():
        return [Finding(".env", "skipped", "It is not read in ENVIRONMENT=test.")]
    unknown = [name for name in dotenv_values(path) if name.upper() not in known]
    meant = {name: get_close_matches(name.upper(), known, n=1, cutoff=_CLOSE) for name in unknown}
    findings = [
        Finding(".env", "error", f"{name} is no setting.", f"Did you mean {close[0]}?")
        for name, close in meant.items()
        if close
    ]
    return findings or [Finding(".env", "ok", "Every name is a setting, or resembles none.")]
