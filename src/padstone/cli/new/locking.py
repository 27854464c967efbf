"""The lock of a new project, written by uv where there is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["find_uv", "lock"]

_PATIENCE_SECONDS = 300


def find_uv() -> str | None:
    """The uv that runs this, the one beside this Python, or the one on the PATH."""
    beside = Path(sys.executable).with_name("uv")
    if runner := os.environ.get("UV"):
        return runner
    return str(beside) if beside.is_file() else shutil.which("uv")


def lock(folder: Path) -> str | None:
    """Writes ``uv.lock``. What kept it from that, where something did."""
    uv = find_uv()
    if uv is None:
        return "there is no uv here"
    # A virtual environment that happens to be active is none of this project's business.
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(  # noqa: S603
            [uv, "lock", "--quiet"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"status {done.returncode}"
