"""F1 and C9: the seed's names are there, and what pip installs is what the lock says."""

import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from app.main import app
from app.models import Base
from padstone.testing.contract.dockerfile import find_uv

FOLDER = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text())


def test_f1_the_tables_that_the_seed_names() -> None:
    assert set(Base.metadata.tables) >= {"users", "prompts", "analyses", "files", "configurations"}


@pytest.mark.parametrize(
    "module",
    [
        "app.main",
        *(f"app.core.{name}" for name in ("config", "database", "security", "logging")),
        *(f"app.models.{name}" for name in ("user", "analysis", "prompt", "base")),
        *(f"app.schemas.{name}" for name in ("user", "analysis", "prompt")),
        *(f"app.api.v1.{name}" for name in ("auth", "users", "prompts", "analysis")),
        *(f"app.services.{name}_service" for name in ("auth", "user", "prompt", "analysis")),
    ],
)
def test_f1_the_files_that_the_seed_names(module: str) -> None:
    assert import_module(module).__all__


def test_f1_the_rest_of_what_the_seed_names() -> None:
    for name in ("alembic", "tests", "requirements.txt", ".env.example", "Dockerfile"):
        assert (FOLDER / name).exists()
    assert not (FOLDER / "app" / "utils").exists(), "docs/decisions says why"


def test_f1_requirements_are_what_the_lock_says() -> None:
    command = [find_uv(FOLDER.parents[1]), *PROJECT["tool"]["insights"]["requirements"].split()]
    exported = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True)
    written = (FOLDER / "requirements.txt").read_text()
    assert written == exported.stdout, "write it anew: uv " + " ".join(command[1:])


def test_c9_nine_tenths_are_covered_branches_counted() -> None:
    coverage = PROJECT["tool"]["coverage"]
    assert coverage["run"]["branch"] is True
    assert coverage["report"]["fail_under"] >= 90


def test_f8_what_takes_times_is_run_by_itself() -> None:
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert options["addopts"][-2:] == ["-m", "not performance"]


def test_f4_every_route_is_version_1_but_health() -> None:
    paths = set(app.openapi()["paths"])
    apart = {path for path in paths if not path.startswith("/api/v1/")}
    assert apart == {"/health", "/health/live", "/health/ready"}


def test_f4_the_endpoints_that_the_seed_names() -> None:
    tags = {
        tag
        for path in app.openapi()["paths"].values()
        for operation in path.values()
        for tag in operation.get("tags", ())
    }
    assert tags >= {"health", "auth", "users", "prompts", "configurations", "analyses", "files"}
