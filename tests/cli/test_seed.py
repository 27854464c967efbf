import json
import stat
from pathlib import Path

from .conftest import Program, Tiny

PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": "x" * 40}


def _accounts(program: Program) -> str:
    return program("db", "shell", "--", "-Atc", "SELECT count(*) FROM accounts").out.strip()


def test_seeding_prints_the_report_and_the_credentials(migrated: Program) -> None:
    ran = migrated("seed")
    assert ran.status == 0, ran.err
    assert ran.out == "made\ndemo word  a secret\n"
    assert _accounts(migrated) == "1"


def test_seeding_again_changes_nothing_and_shows_the_same_secret(migrated: Program) -> None:
    first = json.loads(migrated.inside("seed", "--json").out)
    second = json.loads(migrated.inside("seed", "--json").out)
    assert first["report"] == ["made"]
    assert second["report"] == ["found"]
    assert first["credentials"] == second["credentials"] == {"demo word": "a secret"}
    remembered: Path = migrated.folder / ".padstone" / "demo" / "tiny.json"
    assert stat.S_IMODE(remembered.stat().st_mode) == 0o600
    assert _accounts(migrated) == "1"


def test_rows_that_are_declared_are_counted(migrated: Program) -> None:
    rows = {"GREETING": "rows"}
    assert migrated.inside("seed", env=rows).out == "accounts: 3 made\n"
    said = json.loads(migrated.inside("seed", "--json", env=rows).out)
    assert said["rows"] == {"accounts": {"made": 0, "changed": 0, "unchanged": 3}}
    assert said["report"] == ["accounts: 3 unchanged"]
    assert _accounts(migrated) == "3"


def test_a_seed_that_fails_writes_nothing(migrated: Program) -> None:
    ran = migrated.inside("seed", env={"GREETING": "fail"})
    assert ran.status == 1
    assert ran.err.splitlines()[1] == "error: RuntimeError: half way"
    assert _accounts(migrated) == "0"


def test_production_wants_to_be_meant(migrated: Program) -> None:
    refused = migrated.inside("seed", env={**PRODUCTION, "GREETING": "silent"})
    assert refused.status == 2
    assert "--yes" in refused.err
    assert _accounts(migrated) == "0"
    meant = migrated.inside("seed", "--yes", env={**PRODUCTION, "GREETING": "silent"})
    assert meant.status == 0, meant.err
    assert _accounts(migrated) == "1"


def test_demo_credentials_are_kept_out_of_production(migrated: Program) -> None:
    ran = migrated.inside("seed", "--yes", env=PRODUCTION)
    assert ran.status == 1
    assert "demo word" in ran.err
    assert _accounts(migrated) == "0"


def test_a_system_without_first_data_is_seeded_already(tiny: Tiny) -> None:
    program = tiny()
    assert program.inside("seed").out == ""
    assert json.loads(program.inside("seed", "--json").out) == {
        "report": [],
        "rows": {},
        "credentials": {},
        "examples": [],
    }
