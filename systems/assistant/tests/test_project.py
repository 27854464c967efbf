"""E2 and E3: the project is laid out, tested and formatted as its seed asks."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from app.core import logging
from app.main import app
from padstone import log
from padstone.errors import PadstoneError
from padstone.testing.contract.environment import script

FOLDER = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text())
LAYOUT = """
app/__init__.py app/main.py app/core/__init__.py app/core/config.py app/core/logging.py
app/api/__init__.py app/api/v1/__init__.py app/api/v1/router.py app/schemas/__init__.py
tests/__init__.py tests/conftest.py tests/test_health.py tests/test_api_versioning.py
tests/test_config.py .env.example .gitignore pytest.ini pyproject.toml README.md
"""
EXAMPLES = ["tests/test_health.py", "tests/test_api_versioning.py", "tests/test_config.py"]
HOSTILE = """\
ENVIRONMENT=production
SECRET_KEY=short
API_VERSION=v9
DEBUG=false
DATABASE_URL=postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere
"""


@pytest.mark.parametrize("path", LAYOUT.split())
def test_e3_the_layout_is_the_seeds(path: str) -> None:
    """GIVEN the seed's drawing of the project
    WHEN each of its files is looked for
    THEN it is there
    """
    assert (FOLDER / path).is_file()


@pytest.mark.parametrize("env_file", ["", HOSTILE])
def test_e3_the_seeds_examples_pass_as_they_were_written(tmp_path: Path, env_file: str) -> None:
    """GIVEN a fresh clone and an empty environment, with and without a developer's .env
    WHEN the seed's example tests are run
    THEN all seven pass
    """
    clone = tmp_path / "assistant"
    ignored = shutil.ignore_patterns(".*_cache", "__pycache__", ".env", ".padstone", "node*")
    shutil.copytree(FOLDER, clone, ignore=ignored)
    (clone / ".env").write_text(env_file)
    kept = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *EXAMPLES],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **kept},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 passed" in done.stdout


def test_e3_every_test_says_what_is_given() -> None:
    """GIVEN the tests of this system
    WHEN their docstrings are read
    THEN each says GIVEN, WHEN and THEN
    """
    for path in sorted((FOLDER / "tests").glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if not node.name.startswith("test_"):
                    continue
                said = ast.get_docstring(node) or ""
                for word in ("GIVEN", "WHEN", "THEN"):
                    assert word in said, f"{path.name}: {node.name}"


def test_c9_black_has_nothing_to_say() -> None:
    """GIVEN the code as it is committed
    WHEN `black --check` looks at it
    THEN it would change nothing, and neither would ruff's formatter change it back
    """
    for command in (["black", "--check", "--quiet", "."], ["ruff", "format", "--check", "."]):
        done = subprocess.run([script(command[0]), *command[1:]], cwd=FOLDER, check=False)
        assert done.returncode == 0, command


def test_c9_warnings_are_errors_and_marks_are_known() -> None:
    """GIVEN pytest.ini, which counts in the place of pyproject.toml
    WHEN it is read
    THEN it is as strict as every other system's
    """
    ini = ConfigParser()
    ini.read(FOLDER / "pytest.ini")
    assert ini["pytest"]["filterwarnings"] == "error"
    assert "--strict-markers" in ini["pytest"]["addopts"]
    assert "[tool.pytest" not in (FOLDER / "pyproject.toml").read_text()


def test_e3_logging_is_configured_through_its_door() -> None:
    """GIVEN the seed's module for logging
    WHEN it is imported
    THEN it is the library's, and nothing was configured by that
    """
    assert logging.configure_logging is log.configure


def test_e3_the_documentation_names_the_version() -> None:
    """GIVEN the application
    WHEN its documentation is looked at
    THEN it has the title, the version and the description
    """
    document = app.openapi()
    assert document["info"]["version"] == app.settings.API_VERSION == "v1"
    assert document["info"]["title"] == "Assistant"
    assert "/api/v1/chat/completions" in document["paths"]


def test_c9_nine_tenths_are_covered_branches_counted() -> None:
    """GIVEN the seed's 80 %
    WHEN the gate is read
    THEN it is above that, and branches count
    """
    coverage = PROJECT["tool"]["coverage"]
    assert coverage["run"]["branch"] is True
    assert coverage["report"]["fail_under"] >= 90


def test_c9_types_are_checked_strictly() -> None:
    """GIVEN the configuration of mypy
    WHEN it is read
    THEN it is strict, for the Python that the seed names
    """
    assert PROJECT["tool"]["mypy"]["strict"] is True
    assert PROJECT["project"]["requires-python"] == ">=3.11"


def test_e3_the_readme_tells_how_to_begin() -> None:
    """GIVEN the README and the guide to working on it
    WHEN a developer looks for the commands of the seed, and for what production needs
    THEN they are there
    """
    readme = (FOLDER / "README.md").read_text()
    guide = (FOLDER / "docs" / "development.md").read_text()
    for command in ("uvicorn app.main:app", "python app/main.py", "pytest tests/ -v", "black"):
        assert command in readme, command
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEYS", "PROVIDERS"):
        assert f"`{name}`" in readme, name
    assert "pytest --cov=app --cov-report=term-missing" in readme
    assert "red, green, refactor" in guide


def test_c10_every_error_code_of_the_system_is_documented() -> None:
    """GIVEN the errors that this system alone has
    WHEN the examples and the README are read
    THEN each code is explained
    """

    def below(error: type[PadstoneError]) -> set[type[PadstoneError]]:
        return {error}.union(*map(below, error.__subclasses__()))

    own = {error.code for error in below(PadstoneError) if error.__module__.startswith("app.")}
    assert own == {"conversation_full", "model_not_in_plan", "model_not_priced"}
    said = (FOLDER / "docs" / "api.md").read_text() + (FOLDER / "README.md").read_text()
    assert all(f"`{code}`" in said for code in own)
