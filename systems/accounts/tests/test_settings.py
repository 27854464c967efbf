"""A5: where settings are read from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


def _show(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from app.core.config import settings; print(repr(settings))"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a5_a_dotenv_file_is_read(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "app", tmp_path / "app")
    (tmp_path / ".env").write_text("WELCOME_CREDITS_MICROS=7\n")
    assert "WELCOME_CREDITS_MICROS=7" in _show(tmp_path).stdout
    # The environment comes first.
    assert "WELCOME_CREDITS_MICROS=8" in _show(tmp_path, WELCOME_CREDITS_MICROS="8").stdout
