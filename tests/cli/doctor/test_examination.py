"""The whole examination, as ``padstone doctor --json`` prints it."""

import json
import socket
from typing import Any

import pytest

from ..conftest import Program, Ran  # noqa: TID252  # the folder above is no package


def _findings(ran: Ran) -> dict[str, dict[str, Any]]:
    found = {finding["subject"]: finding for finding in json.loads(ran.out)}
    wrong = any(finding["verdict"] == "error" for finding in found.values())
    assert ran.status == int(wrong), ran.err
    return found


@pytest.fixture
def number() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_healthy_system_on_its_own_database(migrated: Program, number: int) -> None:
    ran = migrated.inside("doctor", "--json", env={"PORT": number})
    found = _findings(ran)
    assert ran.status == 0
    assert found["application"]["what"] == "Keyed 1.2.3"
    assert found["migrations"]["what"] == "All 1 are applied."
    # Its revision knows of no triggers, such as a newer version of ours may ask for.
    assert found["models"]["verdict"] == "warning"
    assert "create_notify('accounts'" in found["models"]["what"]
    assert found["models"]["mend"].startswith("Run: padstone db revision")
    assert found["upgrade"]["verdict"] == "note"
    assert "services" not in found


def test_a_taken_port_a_wrong_password_and_a_typo_are_told_together(
    migrated: Program, number: int
) -> None:
    url = migrated.environment["DATABASE_URL"]
    wrong = url.replace(url.split(":")[2].split("@")[0], "wrong")
    (migrated.folder / ".env").write_text("GREETNG=hello\n")
    with socket.create_server(("127.0.0.1", number)):
        given = {"PORT": number, "DATABASE_URL": wrong, "ENVIRONMENT": "development"}
        ran = migrated.inside("doctor", "--json", env=given)
    found = _findings(ran)
    assert found[".env"]["mend"] == "Did you mean GREETING?"
    assert "is taken by process" in found["port"]["what"]
    assert "refuses user" in found["database"]["what"]


def test_a_missing_migration(keyed: Program, blank_database: str, number: int) -> None:
    given = {"DATABASE_URL": blank_database, "PORT": number}
    found = _findings(keyed.inside("doctor", "--json", env=given))
    assert found["migrations"]["verdict"] == "error"
    assert "the first is 0001" in found["migrations"]["what"]
    assert found["migrations"]["mend"] == "Run: padstone db upgrade"


def test_a_database_that_is_ahead_of_the_code(migrated: Program, number: int) -> None:
    (migrated.folder / "alembic" / "versions" / "0001.py").unlink()
    found = _findings(migrated.inside("doctor", "--json", env={"PORT": number}))
    assert found["migrations"]["verdict"] == "error"
    assert "0001" in found["migrations"]["what"]


@pytest.mark.usefixtures("embedded")
def test_embedded_services_are_started_to_see_whether_they_start(
    keyed: Program, number: int
) -> None:
    try:
        found = _findings(keyed.inside("doctor", "--json", env={"PORT": number}))
    finally:
        keyed("services", "reset", "--yes", "--test")
    assert found["services"]["what"] == "The embedded database started."
    assert found["migrations"]["verdict"] == "note"


def test_embedded_services_that_cannot_start_are_not_tried(keyed: Program, number: int) -> None:
    (keyed.folder / ".padstone").write_text("a file where the folder should be")
    found = _findings(keyed.inside("doctor", "--json", env={"PORT": number}))
    assert found["service folder"]["verdict"] == "error"
    assert found["services"]["verdict"] == "skipped"
    assert "database" not in found


@pytest.mark.usefixtures("embedded")
def test_embedded_services_that_do_not_start(
    keyed: Program, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program that is there and does nothing of use.
    monkeypatch.setitem(keyed.environment, "PADSTONE_VALKEY_BIN", "/bin/false")
    try:
        found = _findings(keyed.inside("doctor", "--json", env={"PORT": number}))
    finally:
        keyed("services", "reset", "--yes", "--test")
    assert found["services"]["verdict"] == "error"
    assert "Valkey" in found["services"]["what"]


def test_a_folder_without_a_system_is_examined_as_far_as_it_goes(program: Program) -> None:
    found = _findings(program.inside("doctor", "--json"))
    assert found["system"]["verdict"] == "skipped"
    assert found["service programs"]["verdict"] == "ok"
