"""A system's settings as a shell would give them, and a system as a fresh clone has it."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from padstone.settings import Settings
from padstone.settings.base import PROFILES

__all__ = ["SHORT_STREAMS", "bare", "cloned", "environment_of", "script"]

SHORT_STREAMS = {"STREAM_MAX_SECONDS": "0.5"}
"""For a server that is asked for everything: whoever asks waits for the end of each answer."""

_LEFT_OUT = ("__pycache__", ".*_cache", ".env", ".padstone", ".venv", "cli", "tests")


def environment_of(settings: Settings) -> dict[str, str]:
    """What was said to ``settings``, without the profile, by the names of the variables."""
    said = settings.model_fields_set - {"ENVIRONMENT", *PROFILES[settings.ENVIRONMENT]}
    values = {name: getattr(settings, name) for name in said}
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else json.dumps(value)


def bare(home: Path, **variables: str) -> dict[str, str]:
    """An environment of nothing but what programs need, and ``variables``."""
    covered = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    return {"PATH": os.environ["PATH"], "HOME": str(home), **covered, **variables}


def script(name: str) -> Path:
    """A command that is installed beside this Python."""
    return Path(sys.executable).with_name(name)


def cloned(system: Path, target: Path) -> Path:
    """A copy of the folder ``system`` in ``target``, without what a clone does not have."""
    folder = target / system.name
    shutil.copytree(system, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return folder
