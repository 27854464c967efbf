"""C4 and C5: settings that are listed, and settings that are refused."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from padstone.app import Application
from padstone.settings import Settings, SettingsError, env_example
from padstone.testing.contract.environment import bare
from padstone.testing.contract.world import World

__all__ = [
    "test_c4_a_copied_example_changes_nothing",
    "test_c4_the_example_lists_every_setting",
    "test_c5_all_problems_are_named_at_once",
    "test_c5_one_unsafe_setting_is_refused",
    "test_c5_safe_settings_start",
]

DEPLOYED = ("staging", "production")
_SAFE = {
    "DATABASE_URL": "postgresql+asyncpg://u:p@db.example.com/app",
    "ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "MAIL_FROM": "app@example.com",
    "MAIL_URL": "smtps://u:p@mail.example.com:465",
    "PUBLIC_URL": "https://app.example.com",
    "REDIS_URL": "rediss://u:p@redis.example.com/0",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "STORAGE_ACCESS_KEY": "AK",
    "STORAGE_BUCKET": "app",
    "STORAGE_ENDPOINT_URL": "https://s3.example.com",
    "STORAGE_SECRET_KEY": "SK",
}
_UNSAFE = {"ALLOWED_ORIGINS": "*", "DEBUG": "true"}
_SHOW = "from {} import settings; print(repr(settings))"


def test_c4_the_example_lists_every_setting(app: Application, system_folder: Path) -> None:
    """Each with its default and what it does, as the class says it."""
    written = (system_folder / ".env.example").read_text()
    assert written == env_example(type(app.settings)), "write it by `padstone settings --example`"


async def test_c4_a_copied_example_changes_nothing(
    app: Application, system_folder: Path, tmp_path: Path
) -> None:
    """What the file shows are the defaults."""
    shutil.copytree(system_folder / "app", tmp_path / "app")
    module = type(app.settings).__module__
    before = await _show(tmp_path, module)
    assert before.returncode == 0, before.stderr
    shutil.copy(system_folder / ".env.example", tmp_path / ".env")
    assert (await _show(tmp_path, module)).stdout == before.stdout


@pytest.mark.parametrize("environment", DEPLOYED)
def test_c5_safe_settings_start(
    app: Application, world_class: type[World], environment: str
) -> None:
    """With what is safe, it starts where strangers are."""
    safe = _safe(type(app.settings), world_class)
    try:
        assert type(app.settings)(ENVIRONMENT=environment, **safe).is_deployed
    except SettingsError as error:
        raise AssertionError(
            f"{error}\nSay in the World of tests/world.py what is safe: safe = {{…}}"
        ) from None


@pytest.mark.parametrize("environment", DEPLOYED)
def test_c5_one_unsafe_setting_is_refused(
    app: Application, world_class: type[World], environment: str
) -> None:
    """Each that is needed and not there, and each that has an unsafe value."""
    kind = type(app.settings)
    safe = _safe(kind, world_class)
    needed = _names(kind, ENVIRONMENT=environment)
    assert {"SECRET_KEY", "DATABASE_URL"} <= needed
    for name in needed:
        values = {key: value for key, value in safe.items() if key != name}
        assert name in _names(kind, ENVIRONMENT=environment, **values), name
    for name, value in _UNSAFE.items():
        found = _names(kind, ENVIRONMENT=environment, **{**safe, name: value})
        assert found == {name}, f"{name}={value} is unsafe in {environment}"


async def test_c5_all_problems_are_named_at_once(app: Application, system_folder: Path) -> None:
    """On one page, without a traceback and without the values."""
    kind = type(app.settings)
    unsafe = {**_UNSAFE, "ALLOW_CREDENTIALS": "true", "PORT": "c4n4ry"}
    done = await _show(system_folder, kind.__module__, ENVIRONMENT="production", **unsafe)
    assert done.returncode == 1
    for one in (*_names(kind, ENVIRONMENT="production"), *_UNSAFE, "PORT"):
        assert f"  {one} " in done.stderr, f"{one} is not named:\n{done.stderr}"
    assert "Traceback" not in done.stderr
    assert "c4n4ry" not in done.stderr


def _safe(kind: type[Settings], world: type[World]) -> dict[str, str]:
    known = {**_SAFE, **world.safe}
    return {name: value for name, value in known.items() if name in kind.model_fields}


def _names(kind: type[Settings], **values: Any) -> set[str]:
    """The settings that are refused."""
    try:
        kind(**values)
    except SettingsError as error:
        return {problem.name for problem in error.problems}
    return set()


async def _show(
    folder: Path, module: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _SHOW.format(module)],
        cwd=folder,
        env=bare(folder, **environment),
        capture_output=True,
        text=True,
        check=False,
    )
