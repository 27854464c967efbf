import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from padstone.cli.failures import UsageError
from padstone.cli.new.origin import Origin, running_origin
from padstone.cli.new.project import contents, laid, write
from padstone.cli.new.templates import TEMPLATES, Edit, Template
from padstone.testing.processes import bare_environment

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
INDEX = Origin("0.1.0", "the package index")
ALL = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.name)
EVERY_PROJECT = """
.dockerignore .env.example .github/workflows/ci.yml .gitignore Dockerfile Makefile README.md
alembic.ini alembic/env.py app/main.py pyproject.toml tests/test_contract.py
"""
# What may not stand outside of our repository, or only as the tests' own matter.
OURS = re.compile(
    r"repository's root|workspace|\.\./\.\./|SYSTEM=|docs/(seeds|decisions|reference)|\bsystems/"
)
OURS_STILL = {
    "scripts/tools.sh": "it looks for the commands in both places",
    "tests/test_scripts.py": "it makes a folder like that",
    "tests/test_objects.py": "a path that is refused",
}


def is_text(content: bytes) -> bool:
    return b"\0" not in content


@ALL
def test_a_project_stands_alone(template: Template) -> None:
    made = contents(template, "my-own", INDEX)
    assert made.keys() >= set(EVERY_PROJECT.split())
    assert not [path for path in made if "cache" in path.split("/")[0]]
    for path, content in made.items():
        if is_text(content) and path not in OURS_STILL:
            assert OURS.findall(content.decode()) == [], path
    project = tomllib.loads(made["pyproject.toml"].decode())
    assert project["project"]["name"] == "my-own"
    assert project["tool"]["padstone"]["port"] == template.port
    assert "poetry" not in project["tool"]


@ALL
def test_the_templates_name_is_gone(template: Template) -> None:
    made = contents(template, "my-own", INDEX)
    for path in ("Dockerfile", "Makefile", "pyproject.toml", "app/main.py", "app/core/config.py"):
        names = re.findall(
            rf'"{template.name}"|[-/ ]{template.name}\n', made[path].decode(), re.IGNORECASE
        )
        assert names == [], path
    readme = made["README.md"].decode()
    assert readme.startswith("# my-own\n")
    assert f" {template.name} padstone" not in readme
    assert "docker build -t my-own ." in readme
    assert 'SYSTEM: ClassVar[str] = "my_own"' in made["app/core/config.py"].decode()
    modules = {path: text.decode() for path, text in made.items() if path.endswith(".py")}
    title = f'"{template.name.capitalize()}"'
    assert [path for path, text in modules.items() if title in text] == []


LOOK = """
import sys
sys.path.insert(0, "")
from app.main import app
from padstone.cli.program import run
print(app.title, app.settings.SYSTEM)
sys.exit(run(["settings", "--check"]) or run(["db", "lint"]) or run(["db", "history"]))
"""


@ALL
def test_a_project_passes_its_quick_checks(template: Template, tmp_path: Path) -> None:
    folder = tmp_path / "my-own"
    write(folder, contents(template, "my-own", running_origin()))
    environment = bare_environment(PATH=f"{BIN}:/usr/bin:/bin", HOME=str(tmp_path))
    for command in (
        (sys.executable, "-c", LOOK),
        ("lint-imports",),
        ("ruff", "check", "--quiet", "--no-cache"),
        ("ruff", "format", "--check", "--quiet", "--no-cache"),
    ):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        if command[0] == sys.executable:
            assert done.stdout.startswith("My own my_own\n")


def test_a_wheel_goes_with_the_project_and_into_its_image(tmp_path: Path) -> None:
    wheel = tmp_path / "padstone-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK")
    origin = Origin("0.1.0", "wheels", f'{{ path = "wheels/{wheel.name}" }}', wheel)
    made = contents(TEMPLATES["minimal"], "blog", origin)
    assert made[f"wheels/{wheel.name}"] == b"PK"
    assert b"COPY wheels wheels\n" in made["Dockerfile"]
    made = contents(TEMPLATES["minimal"], "blog", INDEX)
    assert b"wheels" not in made["Dockerfile"]
    assert b"{{" not in made["Dockerfile"]


def test_an_edit_that_finds_nothing_is_an_error() -> None:
    drifted = replace(TEMPLATES["minimal"], edits=(Edit("README.md", "no such words"),))
    with pytest.raises(ValueError, match=r"README\.md of the template lacks 'no such words'"):
        contents(drifted, "blog", INDEX)


def test_links_that_lead_out_become_words() -> None:
    readme = contents(TEMPLATES["insights"], "blog", INDEX)["README.md"].decode()
    assert "Built on Padstone." in readme
    assert "[The API by example](docs/api.md)" in readme


def test_all_is_written_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    write(folder, {"a/b.py": b"x = 1\n", "run.sh": b"#!/bin/sh\n"})
    assert (folder / "a" / "b.py").read_text() == "x = 1\n"
    assert [(folder / name).stat().st_mode & 0o777 for name in ("a/b.py", "run.sh")] == [
        0o644,
        0o755,
    ]

    with pytest.raises(FileExistsError):
        write(tmp_path / "broken", {"a": b"", "a/b": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["blog"]


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", {"a": b"1"})
    with pytest.raises(UsageError, match="is not empty"):
        write(tmp_path / "empty", {"a": b"2"})
    assert (tmp_path / "empty" / "a").read_text() == "1"
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="is no folder"):
            write(tmp_path / name, {"a": b"2"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "link"]


def test_the_makefile_brings_uv_as_ours_does() -> None:
    def rules(text: str) -> dict[str, str]:
        found = re.split(r"(?m)^(?=[.\w/-]+(?: :=|:))", text)
        # A rule ends where a line is empty.
        return {re.split(r" :=|:", rule)[0]: rule.partition("\n\n")[0].strip() for rule in found}

    ours, theirs = rules((ROOT / "Makefile").read_text()), rules(laid("Makefile"))
    for name in ("UV_VERSION", "UV", "BIN", "help", ".tools/uv/bin/uv"):
        assert theirs[name] == ours[name], name


def test_the_image_is_as_ours_are() -> None:
    def steps(text: str) -> list[str]:
        found = text.replace("systems/shop/", "").replace("shop", "blog").splitlines()
        return [line for line in found if not line.startswith(("#", "COPY", "RUN uv sync"))]

    made = contents(TEMPLATES["shop"], "blog", INDEX)["Dockerfile"].decode()
    assert steps(made) == steps((ROOT / "systems/shop/Dockerfile").read_text())


def test_the_tools_are_ours() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())
    theirs = tomllib.loads(laid("tools.toml"))
    assert set(theirs["dependency-groups"]["tools"]) <= set(ours["dependency-groups"]["dev"])
    lint, own = ours["tool"]["ruff"]["lint"], theirs["tool"]["ruff"]["lint"]
    assert own["select"] == lint["select"]
    assert set(own["ignore"]) <= set(lint["ignore"])
    assert own["per-file-ignores"]["tests/**"] == lint["per-file-ignores"]["**/tests/**"]
    assert own["pylint"] == lint["pylint"]
