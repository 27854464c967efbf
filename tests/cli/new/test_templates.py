from pathlib import Path

import pytest

import padstone
from padstone.cli.new.templates import TEMPLATES, Template

ROOT = Path(padstone.__file__).parents[2]


def test_every_system_is_a_template() -> None:
    homes = {path.parents[1] for path in ROOT.glob("*/*/app/main.py")}
    assert {template.folder for template in TEMPLATES.values()} == homes


def test_in_a_wheel_they_stand_beside_the_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(padstone, "__file__", str(tmp_path / "__init__.py"))
    (tmp_path / "templates").mkdir()
    assert TEMPLATES["shop"].folder == tmp_path / "templates" / "shop"
    assert TEMPLATES["minimal"].folder == tmp_path / "templates" / "minimal"


def test_what_was_made_in_a_checkout_is_no_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(padstone, "__file__", str(tmp_path / "src" / "padstone" / "__init__.py"))
    made = [
        "app/__pycache__/main.pyc",
        ".mypy_cache/x",
        ".env",
        ".padstone/services/y",
        "Dockerfile",
    ]
    for path in ["app/main.py", ".env.example", "cli/x.py", "app/cli/y.py", *made]:
        file = tmp_path / "systems" / "things" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    template = Template("things", 8000, left_out=("cli",))
    assert list(template.files()) == [".env.example", "app/cli/y.py", "app/main.py"]
