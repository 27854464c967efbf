"""A folder of files is as good a place as the environment, and a file's fault has a name."""

import os
from pathlib import Path
from typing import Any

import pytest

from padstone.settings import DatabaseSettings
from padstone.settings.secret_files import secret_folder

KEY = "canary-key-" + "k" * 32


class Shop(DatabaseSettings):
    SYSTEM = "shop"


@pytest.mark.parametrize("name", ["SECRET_KEY", "secret_key", "Secret_Key"])
@pytest.mark.parametrize("content", [KEY, f"{KEY}\n", f"  {KEY}\r\n"])
def test_a_file_is_named_like_the_variable(world: Any, name: str, content: str) -> None:
    world.secret_file(name, content)
    assert Shop().SECRET_KEY.get_secret_value() == KEY


def test_a_database_may_go_by_its_other_name(world: Any) -> None:
    world.secret_file("database_async_url", world.url)
    assert Shop().DATABASE_URL == world.url


def test_a_mounted_secret_is_a_link_within_its_folder(world: Any) -> None:
    path: Path = world.secret_file("..data", "")
    path.unlink()
    path.mkdir()
    (path / "PORT").write_text("1")
    (path.parent / "PORT").symlink_to("..data/PORT")
    assert Shop().PORT == 1


def test_other_files_are_no_business_of_ours(world: Any) -> None:
    world.secret_file("README", b"\xff\xfe")
    assert Shop().PORT == 8000


@pytest.mark.parametrize("content", [b"\xff canary", b"", b"canary"])
def test_a_file_that_is_no_use_is_named_beside_the_rest(world: Any, content: bytes) -> None:
    world.secret_file("SECRET_KEY", content)
    world.env(PORT="many")
    problems = world.problems(Shop)
    assert set(problems) == {"SECRET_KEY", "PORT"}
    assert "canary" not in str(problems)


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_named(world: Any) -> None:
    world.secret_file("SECRET_KEY", KEY).chmod(0)
    assert "right to read it" in world.problems(Shop)["SECRET_KEY"]


def test_a_folder_that_is_named_must_be_there(world: Any) -> None:
    world.env(SECRETS_DIR=str(world.folder / "nowhere"))
    assert world.problems(Shop) == {"SECRETS_DIR": "is not a folder that can be read."}


def test_an_empty_name_names_the_usual_folder(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (world.folder / "PORT").write_text("1")  # in the current folder, which an empty path would mean
    world.env(SECRETS_DIR="")
    assert Shop().PORT == 8000
    seen: list[str] = []
    monkeypatch.setattr(Path, "is_dir", lambda self: bool(seen.append(str(self))))
    assert secret_folder() is None
    assert seen == ["/run/secrets"]


def test_tests_do_not_see_the_secrets_of_their_machine(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda _: True)
    monkeypatch.setattr(os, "access", lambda *_: True)
    assert secret_folder() == Path("/run/secrets")
    world.env(ENVIRONMENT="test")
    assert secret_folder() is None
    world.env(SECRETS_DIR="/given")
    assert secret_folder() == Path("/given")
