from collections.abc import Iterator
from typing import Any

import pytest

from padstone.cli.doctor.database import Server
from padstone.cli.doctor.deployment import connections, rules
from padstone.settings import DatabaseSettings, Settings

LOCAL = "postgresql+asyncpg://u:p@127.0.0.1/shop"
REMOTE = "postgresql+asyncpg://u:p@db.example/shop"


def _verdict(subject: str, **values: Any) -> str:
    found = {f.subject: f for f in rules(DatabaseSettings(ENVIRONMENT="test", **values))}
    return found[subject].verdict


def test_metrics_without_a_token_are_off() -> None:
    assert _verdict("metrics") == "note"
    assert _verdict("metrics", METRICS_TOKEN="x" * 40) == "ok"


@pytest.mark.parametrize(
    ("url", "mode", "verdict"),
    [
        (REMOTE, "prefer", "warning"),
        (REMOTE, "disable", "warning"),
        (REMOTE, "require", "ok"),
        (LOCAL, "prefer", "ok"),
    ],
)
def test_tls_is_asked_for_where_there_is_a_network(url: str, mode: str, verdict: str) -> None:
    assert _verdict("TLS to the database", DATABASE_URL=url, DATABASE_SSL=mode) == verdict


def test_a_system_without_a_database_needs_no_tls() -> None:
    subjects: Iterator[str] = (f.subject for f in rules(Settings(ENVIRONMENT="test")))
    assert list(subjects) == ["metrics"]


def test_processes_that_would_open_more_connections_than_there_are() -> None:
    settings = DatabaseSettings(ENVIRONMENT="test", DATABASE_POOL_SIZE=20)
    server = Server(version=180_000, connections=97, ahead=0.0)
    assert connections(settings, server, 4).verdict == "ok"
    found = connections(settings, server, 5)
    assert found.verdict == "error"
    assert "5 x 21 connections" in found.what
    assert "DATABASE_POOL_SIZE to 18" in found.mend
