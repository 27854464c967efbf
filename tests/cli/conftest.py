"""Commands run as real processes, in a system made for the test."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CONFIG = """\
from typing import ClassVar

from padstone import settings as groups
from pydantic import Field


class Settings({bases}):
    SYSTEM: ClassVar[str] = "tiny"

    GREETING: str = Field("hello", description="What is said first.")


settings = Settings()
"""

MAIN = """\
from padstone import create_app

from app.core.config import settings

app = create_app(settings, title="Tiny", version="1.2.3", routers=[])
"""


@dataclass(frozen=True)
class Ran:
    """A process that has ended."""

    status: int
    out: str
    err: str


@dataclass
class Program:
    """Runs ``python -m padstone`` in a folder, with an environment built from scratch."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *args: object) -> list[str]:
        return [sys.executable, "-m", "padstone", *map(str, args)]

    def whole_environment(self, more: Mapping[str, object] | None = None) -> dict[str, str]:
        # Coverage measures the commands too, by variables of its own.
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME"} or name.startswith(("COV", "PADSTONE_TEST_"))
        }
        own = {**self.environment, **{name: str(value) for name, value in (more or {}).items()}}
        return {**kept, "ENVIRONMENT": "test", **own}

    def __call__(
        self, *args: object, stdin: str | None = None, env: Mapping[str, object] | None = None
    ) -> Ran:
        done = subprocess.run(
            self.command(*args),
            cwd=self.folder,
            env=self.whole_environment(env),
            input=stdin if stdin is not None else "",
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def config(*groups: str) -> str:
    """The text of a system's ``config.py`` that inherits these groups of settings."""
    bases = ", ".join(f"groups.{group}" for group in groups or ["Settings"])
    return CONFIG.format(bases=bases)


Tiny = Callable[..., Program]


def write_system(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    contents = {
        "app/__init__.py": "",
        "app/core/__init__.py": "",
        "app/core/config.py": config(),
        "app/models/__init__.py": "",
        "app/main.py": MAIN,
        **(files or {}),
    }
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command in an empty folder."""
    return Program(tmp_path)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Makes a system: ``tiny(*groups of settings, files)``, and the command in its folder."""

    def make(*groups: str, files: Mapping[str, str] | None = None) -> Program:
        own = {"app/core/config.py": config(*groups), **(files or {})}
        return Program(write_system(tmp_path / "tiny", own))

    return make
