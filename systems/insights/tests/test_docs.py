"""C10: the documentation says what there is. Its examples are run by the contract's tests."""

import re
from pathlib import Path

import pytest

from app.core import exceptions
from app.core.configuration_keys import KEYS
from app.core.security import Role
from app.main import app

FOLDER = Path(__file__).resolve().parents[1]
PAGES = "\n".join(page.read_text() for page in (FOLDER / "docs").rglob("*.md"))
README = (FOLDER / "README.md").read_text()


def test_c10_every_error_code_of_the_system_is_documented() -> None:
    own = {
        value.code
        for value in vars(exceptions).values()
        if isinstance(value, type) and value.__module__ == exceptions.__name__
    }
    assert own
    assert {code for code in own if f"| `{code}` |" not in PAGES} == set()


def test_c10_every_configuration_is_documented() -> None:
    for key in KEYS:
        assert f"| `{key}` |" in PAGES


def test_c10_every_role_is_documented() -> None:
    for role in Role:
        assert f"| `{role}` |" in PAGES


@pytest.mark.parametrize(
    "tag", ["prompts", "users", "configurations", "keys", "files", "analyses", "credits"]
)
def test_c10_every_path_of_ours_is_shown(tag: str) -> None:
    offered = {
        re.sub(r"\{\w+\}", "{}", path)
        for path, item in app.openapi()["paths"].items()
        if any(tag in operation.get("tags", ()) for operation in item.values())
    }
    shown = {re.sub(r"\$\w+", "{}", path) for path in re.findall(r"\$URL(/[^\s\"'?]*)", PAGES)}
    patterns = [re.compile(re.escape(path).replace(r"\{\}", "[^/]+") + "$") for path in offered]
    missing = [one.pattern for one in patterns if not any(one.match(path) for path in shown)]
    assert missing == []


def test_f2_the_readme_declares_what_goes_on_without_redis() -> None:
    section = README.partition("## Without Redis")[2].partition("\n## ")[0]
    for word in ("browser", "token", "API key", "cache", "limit", "503"):
        assert word in section
