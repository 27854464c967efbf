"""Looking at a set and ending it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import (
    ServiceError,
    Services,
    attach,
    logs,
    psql_command,
    reset,
    status,
    stop,
)


def test_status_before_the_first_start(tmp_path: Path) -> None:
    assert [(one.name, one.state, one.pid, one.size) for one in status(tmp_path)] == [
        ("postgres", "stopped", None, 0),
        ("valkey", "stopped", None, 0),
        ("s3", "stopped", None, 0),
        ("mail", "stopped", None, 0),
    ]
    assert list(tmp_path.iterdir()) == []


def test_status_of_a_running_set(shared_root: Path, shared: Services) -> None:
    postgres, valkey, s3, mail = status(shared_root)
    assert {one.state for one in (postgres, valkey, s3, mail)} == {"running"}
    assert f":{postgres.port}/" in shared.database_url
    assert f":{valkey.port}/" in shared.redis_url
    assert shared.storage_endpoint_url.endswith(f":{s3.port}")
    assert f":{mail.port}" in (shared.mail_url or "")
    assert mail.page == shared.mailbox_url
    for one in (postgres, valkey, s3, mail):
        assert one.uptime is not None
        assert one.uptime >= 0
        assert one.version is not None
        assert one.version.count(".") >= 1
    assert postgres.size > 1 << 20
    assert postgres.data.name == f"postgres-{postgres.version.split('.')[0]}"


def test_stop_says_how_many_were_using_the_set(
    made_root: Path, user: Any, pids: Any, is_alive: Any
) -> None:
    user(made_root).urls()
    with attach("app", root=made_root):
        running = pids(made_root)
        assert stop(made_root) == 2
        assert not any(map(is_alive, running.values()))
        assert stop(made_root) == 0
        assert {one.state for one in status(made_root)} == {"stopped"}
    assert any(one.size for one in status(made_root))


def test_reset_deletes_what_was_stored(made_root: Path, clients: Any) -> None:
    with attach("app", root=made_root) as lease:
        clients(lease.services).sql("CREATE TABLE gone (id int)")
        clients(lease.services).send_mail("gone")
        assert reset(made_root) == 1
        assert not any(one.data.exists() for one in status(made_root))
    with attach("app", root=made_root) as again:
        assert again.services.database_url == lease.services.database_url
        assert clients(again.services).mails() == []
        assert clients(again.services).sql("SELECT to_regclass('gone')") == [(None,)]


def test_stop_and_reset_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert stop(tmp_path) == reset(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_psql_runs_as_it_is_given(shared_root: Path, shared: Services) -> None:
    command, environment = psql_command(shared_root, "shared")
    said = subprocess.run(
        [*command, "-X", "-A", "-t", "-c", "SELECT current_database()"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "shared\n"
    assert environment["PGPASSWORD"] not in " ".join(command)


def test_psql_before_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="never been started"):
        psql_command(tmp_path, "app")


def test_logs(shared_root: Path, shared: Services) -> None:
    assert "ready to accept connections" in logs(shared_root, "postgres").read_text()
    with pytest.raises(
        ServiceError, match=r"no service 'mysql'.*postgres, valkey, s3, mail, keeper"
    ):
        logs(shared_root, "mysql")
