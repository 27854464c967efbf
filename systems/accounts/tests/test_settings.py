"""C4 and C5: settings that are listed, and settings that are refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.config import Settings
from padstone.settings import SettingsError, env_example

FOLDER = Path(__file__).resolve().parents[1]


def test_c4_the_example_lists_every_setting() -> None:
    assert (FOLDER / ".env.example").read_text() == env_example(Settings)


def _show(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from app.core.config import settings; print(repr(settings))"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_c4_a_copied_example_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "app", tmp_path / "app")
    before = _show(tmp_path)
    assert before.returncode == 0, before.stderr
    shutil.copy(FOLDER / ".env.example", tmp_path / ".env")
    assert _show(tmp_path).stdout == before.stdout


SAFE = {
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DATABASE_URL": "postgresql+asyncpg://u:p@db.example.com/accounts",
    "STORAGE_ENDPOINT_URL": "https://s3.example.com",
    "STORAGE_ACCESS_KEY": "AK",
    "STORAGE_SECRET_KEY": "SK",
    "STORAGE_BUCKET": "accounts",
}
UNSAFE = {
    "SECRET_KEY": "",
    "DATABASE_URL": "",
    "STORAGE_ENDPOINT_URL": "",
    "STORAGE_ACCESS_KEY": "",
    "STORAGE_SECRET_KEY": "",
    "STORAGE_BUCKET": "",
    "DEBUG": "true",
    "ALLOWED_ORIGINS": "*",
}


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_c5_safe_settings_start(environment: str) -> None:
    assert Settings(ENVIRONMENT=environment, **SAFE).is_deployed


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("name", sorted(UNSAFE))
def test_c5_one_unsafe_setting_is_refused(environment: str, name: str) -> None:
    values = {key: value for key, value in {**SAFE, name: UNSAFE[name]}.items() if value}
    with pytest.raises(SettingsError) as caught:
        Settings(ENVIRONMENT=environment, **values)
    assert name in {problem.name for problem in caught.value.problems}


def test_c5_all_problems_are_named_at_once() -> None:
    unsafe = {**UNSAFE, "PORT": "eighty", "ALLOW_CREDENTIALS": "true"}
    done = _show(FOLDER, ENVIRONMENT="production", **unsafe)
    assert done.returncode == 1
    for name in (*UNSAFE, "PORT"):
        assert f"  {name} " in done.stderr
    assert "Traceback" not in done.stderr


def test_a5_a_dotenv_file_is_read(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "app", tmp_path / "app")
    (tmp_path / ".env").write_text("WELCOME_CREDITS_MICROS=7\n")
    assert "WELCOME_CREDITS_MICROS=7" in _show(tmp_path).stdout
    # The environment comes first.
    assert "WELCOME_CREDITS_MICROS=8" in _show(tmp_path, WELCOME_CREDITS_MICROS="8").stdout
