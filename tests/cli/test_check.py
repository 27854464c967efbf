import json
from typing import Any

import pytest

from padstone.testing.services import TestServices

from .conftest import MIGRATED, Program, Ran, Tiny

PRODUCTION = {"SECRET_KEY": "x" * 40}


def _findings(ran: Ran) -> dict[str, dict[str, Any]]:
    found = {finding["subject"]: finding for finding in json.loads(ran.out)}
    wrong = any(finding["verdict"] == "error" for finding in found.values())
    assert ran.status == int(wrong), ran.err
    return found


def test_a_system_that_is_fit(migrated: Program) -> None:
    ran = migrated("check", env=PRODUCTION)
    assert ran.status == 0, ran.out + ran.err
    for rule in ("settings", "application", "metrics", "PostgreSQL", "migrations", "connections"):
        assert f" {rule} " in ran.out


def test_all_that_is_unsafe_is_told_at_once(tiny: Tiny) -> None:
    ran = tiny("DatabaseSettings").inside("check", "--json", env={"DEBUG": "1", "PORT": "x"})
    found = _findings(ran)
    for name in ("SECRET_KEY", "DEBUG", "DATABASE_URL", "PORT"):
        assert found[f"setting {name}"]["verdict"] == "error"
    assert found["services"]["verdict"] == "skipped"


def test_another_environment_is_judged_by_its_own_rules(tiny: Tiny) -> None:
    given = ("--environment", "development", "--json")
    assert tiny().inside("check", *given).status == 0
    assert tiny().inside("check", "--environment", "nowhere").status == 1


def test_more_workers_than_the_database_has_connections_for(migrated: Program) -> None:
    ran = migrated.inside("check", "--workers", "500", "--json", env=PRODUCTION)
    found = _findings(ran)
    assert "500 x 21 connections" in found["connections"]["what"]


def test_a_missing_migration(keyed: Program, blank_database: str) -> None:
    given = {**PRODUCTION, "DATABASE_URL": blank_database}
    found = _findings(keyed.inside("check", "--json", env=given))
    assert found["migrations"]["mend"] == "Run: padstone db upgrade"


def test_a_database_that_is_down(keyed: Program) -> None:
    given = {**PRODUCTION, "DATABASE_URL": "postgresql://u:p@127.0.0.1:1/shop"}
    found = _findings(keyed.inside("check", "--json", env=given))
    assert "Nothing listens on 127.0.0.1:1" in found["database"]["what"]


@pytest.mark.parametrize("name", ["no-such-bucket"])
def test_a_missing_bucket(tiny: Tiny, test_services: TestServices, name: str) -> None:
    given = {**PRODUCTION, **test_services.storage, "STORAGE_BUCKET": name}
    found = _findings(tiny("StorageSettings", files=MIGRATED).inside("check", "--json", env=given))
    assert "has no bucket" in found["storage"]["what"]
