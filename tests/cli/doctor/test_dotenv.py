from pathlib import Path

import pytest

from padstone.cli.doctor.dotenv import dotenv

KNOWN = {"DATABASE_URL", "DATABASE_ASYNC_URL", "PORT", "SECRET_KEY"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENVIRONMENT", "development")
    return tmp_path


def test_a_mistyped_name_is_found_and_its_value_is_not_shown(folder: Path) -> None:
    (folder / ".env").write_text("DATABSE_URL=canary\nPORT=1\nSECRET_KEYS=canary\n")
    found = dotenv(folder, KNOWN)
    assert [(f.verdict, f.what, f.mend) for f in found] == [
        ("error", "DATABSE_URL is no setting.", "Did you mean DATABASE_URL?"),
        ("error", "SECRET_KEYS is no setting.", "Did you mean SECRET_KEY?"),
    ]


def test_names_of_other_programs_are_left_alone(folder: Path) -> None:
    (folder / ".env").write_text("COMPOSE_PROJECT_NAME=x\nport=8001\nDATABASE_ASYNC_URL=\n")
    assert [f.verdict for f in dotenv(folder, KNOWN)] == ["ok"]


def test_no_file(folder: Path) -> None:
    assert [f.verdict for f in dotenv(folder, KNOWN)] == ["ok"]


def test_a_file_that_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("DATABSE_URL=x\n")
    monkeypatch.setenv("ENVIRONMENT", "test")
    assert [f.verdict for f in dotenv(folder, KNOWN)] == ["skipped"]
