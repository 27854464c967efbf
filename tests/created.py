"""The library as it is given away, and projects made by it, for tests that do as a user does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from padstone.testing.contract.dockerfile import find_uv

__all__ = ["ROOT", "Desk"]

ROOT = Path(__file__).resolve().parents[1]
_AWAY = ("Failed to fetch", "network was disabled", "client error (Connect)")


class Desk:
    """An empty folder, an environment that is nearly empty too, and the built wheel.

    Packages come from uv's cache where they are all there, and from the index otherwise.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uv = find_uv(ROOT)
        self.environment = self._environment() | {"UV_OFFLINE": "1"}
        built = folder / "built"
        self._had(lambda: self.run(self.uv, "build", "--wheel", "--quiet", "-o", built, ROOT))
        [self.wheel] = built.glob("*.whl")

    def install(self, folder: Path) -> None:
        """Installs the wheel into a new virtual environment, with what it needs and no more."""
        self.run(self.uv, "venv", "--quiet", folder)
        install = (self.uv, "pip", "install", "--quiet", "--python", folder, self.wheel)
        self._had(lambda: self.run(*install))

    def new(self, padstone: Path, name: str, template: str) -> dict[str, Any]:
        """Makes a project; what ``padstone new --json`` says of it. Its packages are locked."""
        made: dict[str, Any] = {}

        def make() -> "subprocess.CompletedProcess[str]":
            shutil.rmtree(self.folder / name, ignore_errors=True)
            done = self.run(padstone, "new", name, "--from", template, "--json")
            assert done.returncode == 0, done.stderr
            made.update(json.loads(done.stdout))
            done.returncode = 0 if made["locked"] else 1
            return done

        self._had(make)
        return made

    def make(self, project: str, *words: str, seconds: float = 600) -> str:
        """Runs ``make`` in a project; what it said. Fails where that fails."""
        done = self.run("make", *words, folder=self.folder / project, seconds=seconds)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    def run(
        self, *command: object, folder: Path | None = None, seconds: float = 600
    ) -> "subprocess.CompletedProcess[str]":
        """A command that has ended."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=folder or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def _had(self, attempt: Any) -> None:
        """Succeeds without the index or with it; where that cannot be reached, skips the test."""
        done = attempt()
        if done.returncode and self.environment.pop("UV_OFFLINE", None):
            done = attempt()
        if done.returncode and any(word in done.stderr for word in _AWAY):
            pytest.skip("the packages cannot be had here")
        assert done.returncode == 0, done.stderr

    def _environment(self) -> dict[str, str]:
        cache = subprocess.run(
            [self.uv, "cache", "dir"], capture_output=True, text=True, check=True
        )
        return {
            **{key: value for key, value in os.environ.items() if key.startswith(("UV_", "SSL_"))},
            "HOME": str(self.folder),
            "PATH": f"{Path(self.uv).parent}:/usr/bin:/bin",
            "UV_CACHE_DIR": cache.stdout.strip(),
            "UV_PYTHON": sys.executable,
        }
