"""The guide's users are an application as they are printed."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import peopled
from padstone.auth.users import SESSION_COLUMNS, USER_COLUMNS

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "users.md").read_text()
BASE = """\
from padstone.models import TableBase, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The OpenAPI document of the guide's application."""
    folder = peopled.write(tmp_path_factory.mktemp("guide"))
    (folder / "app" / "models" / "__init__.py").write_text("")
    (folder / "app" / "models" / "base.py").write_text(BASE)
    for name, text in re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL):
        (folder / name).write_text(text)
    ran = subprocess.run(
        [sys.executable, "-m", "padstone", "openapi"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_every_route_that_the_guide_names_is_there(document: dict[str, Any]) -> None:
    named = set(re.findall(r"/auth/[a-z-]+(?:/\{\w+\})?", GUIDE))
    paths = {path for path in document["paths"] if path.startswith("/auth/")}
    assert named | {"/auth/resend-verification"} == paths | {"/auth/verify-email"}


def test_the_systems_own_fields_are_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "full_name" in schemas["Registration"]["properties"]
    assert "full_name" in schemas["Me"]["properties"]
    assert document["paths"]["/books"]["post"]["security"] == [{"Bearer": ["books:write"]}]


def test_the_triggers_are_about_the_columns_that_count() -> None:
    printed = [json.loads(found) for found in re.findall(r"on=(\[.*?\])", GUIDE)]
    assert printed == [SESSION_COLUMNS, sorted(USER_COLUMNS)]  # as autogenerate writes them


def test_every_command_that_the_guide_names_is_there() -> None:
    from typer.main import get_command

    from padstone.cli.users import users

    known = set(get_command(users).commands)  # type: ignore[attr-defined]  # it is a group
    assert set(re.findall(r"^\$ padstone users (\S+)", GUIDE, re.MULTILINE)) == known
