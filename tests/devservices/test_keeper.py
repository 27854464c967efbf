"""Services, keepers and folders that come to harm while a set runs."""

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import ServiceError, attach, lease, status
from padstone.devservices.keeper import Watch


def test_a_killed_service_comes_back_on_its_port_with_what_was_stored(
    made_root: Path, clients: Any, until: Any, pids: Any
) -> None:
    with attach("app", root=made_root) as taken:
        client = clients(taken.services)
        client.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        client.s3().create_bucket(Bucket="bucket")
        client.s3().put_object(Bucket="bucket", Key="kept", Body=b"bytes")
        client.send_mail("kept")
        before = pids(made_root)
        for name in ("postgres", "valkey", "s3", "mail"):
            os.kill(before[name], signal.SIGKILL)

        until(lambda: all(one.state == "running" for one in status(made_root)))
        until(lambda: client.sql("SELECT answer FROM kept") == [(42,)])
        until(lambda: client.redis().ping())
        kept = until(lambda: client.s3().get_object(Bucket="bucket", Key="kept"))
        assert kept["Body"].read() == b"bytes"
        until(lambda: client.mails() == [("app", "kept")])
        client.send_mail("new")
        assert client.mails() == [("app", "new"), ("app", "kept")]
        after = pids(made_root)
        assert after["keeper"] == before["keeper"]
        assert all(after[name] != before[name] for name in ("postgres", "valkey", "s3", "mail"))
    assert "Valkey has ended." in (made_root / ".padstone/services/logs/keeper.log").read_text()


def test_a_killed_keeper_takes_its_services_along_and_the_next_start_mends(
    made_root: Path, clients: Any, until: Any, pids: Any, is_alive: Any
) -> None:
    with attach("app", root=made_root) as taken:
        clients(taken.services).sql("CREATE TABLE kept AS SELECT 42 AS answer")
        before = pids(made_root)
        os.kill(before["keeper"], signal.SIGKILL)
        until(lambda: not any(map(is_alive, before.values())))
        with attach("app", root=made_root) as mended:
            assert mended.services.database_url == taken.services.database_url
            assert mended.services.notes == ()
            assert clients(mended.services).sql("SELECT answer FROM kept") == [(42,)]
            assert pids(made_root)["keeper"] != before["keeper"]


def test_a_removed_folder_ends_its_set_and_leaves_the_next_one_alone(
    made_root: Path, clients: Any, until: Any, pids: Any, is_alive: Any
) -> None:
    with attach("app", root=made_root):
        running = pids(made_root)
        # Renamed first, since a folder that is written to cannot be removed at one go.
        removed = (made_root / ".padstone").rename(made_root / "removed")
        with attach("app", root=made_root) as anew:
            until(lambda: not any(map(is_alive, running.values())))
            shutil.rmtree(removed)
            assert clients(anew.services).sql("SELECT 1") == [(1,)]
            assert {one.state for one in status(made_root)} == {"running"}


def test_a_database_that_dies_while_attach_asks_it_is_asked_again(
    made_root: Path, clients: Any, pids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure = lease.ensure_database

    def unlucky(*arguments: Any) -> bool:
        monkeypatch.setattr(lease, "ensure_database", ensure)
        os.kill(pids(made_root)["postgres"], signal.SIGKILL)
        return ensure(*arguments)

    monkeypatch.setattr(lease, "ensure_database", unlucky)
    with attach("other", root=made_root) as taken:
        assert clients(taken.services).sql("SELECT 1") == [(1,)]


def test_a_keeper_that_cannot_run_is_explained(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As where the interpreter that was started does not find this package.
    monkeypatch.setattr(lease.sys, "executable", "/bin/false")
    with pytest.raises(ServiceError, match="keeper does not start"):
        attach("app", root=root)
    # As where it dies at once, for a reason that is in its log.
    monkeypatch.setattr(lease.sys, "executable", "/bin/true")
    with pytest.raises(ServiceError, match="keeper of the services has ended"):
        attach("app", root=root)


def test_programs_that_are_missing_are_named_with_the_mend(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PADSTONE_VALKEY_BIN", "/nowhere/valkey-server")
    monkeypatch.setenv("PADSTONE_RCLONE_BIN", "/nowhere/rclone")
    with pytest.raises(ServiceError) as caught:
        attach("app", root=root)
    assert "PADSTONE_VALKEY_BIN is /nowhere/valkey-server" in str(caught.value)
    assert "PADSTONE_RCLONE_BIN is /nowhere/rclone" in str(caught.value)


def test_a_service_that_will_not_start_is_explained_by_its_log(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: Any
) -> None:
    broken = tmp_path / "broken"
    # It gives away the password that it finds in its settings, as a careless program would.
    broken.write_text('#!/bin/sh\ngrep requirepass "$1"\necho cannot find my keys\nexit 3\n')
    broken.chmod(0o755)
    monkeypatch.setenv("PADSTONE_VALKEY_BIN", str(broken))
    with pytest.raises(ServiceError, match="Valkey ended at its start") as caught:
        attach("app", root=root)
    assert "cannot find my keys" in str(caught.value)
    password = json.loads((root / ".padstone/services/access.json").read_text())["passwords"]
    assert password["valkey"] not in str(caught.value)
    assert "requirepass ***" in str(caught.value)
    assert {one.state for one in status(root)} == {"stopped"}


class _Dying:
    """A service that ends whenever it is looked at."""

    title = "Dying"

    def begin(self) -> None: ...

    def is_ready(self) -> bool:
        raise ServiceError("gone")


def test_the_pause_before_a_restart_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("padstone.devservices.keeper.time.monotonic", lambda: now)
    watch = Watch(_Dying())  # type: ignore[arg-type]
    pauses = []
    for _ in range(10):
        assert watch.is_due()
        watch.start()
        with pytest.raises(ServiceError):
            watch.look()
        watch.fall()
        fallen = now
        while not watch.is_due():
            now += 0.05
        pauses.append(now - fallen)
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.3
    assert 4.9 < pauses[-1] < 5.2
