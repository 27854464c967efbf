"""Starting, joining and leaving a set."""

import os
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import ServiceError, Services, attach, status, stop


def test_all_three_services_answer_real_clients(shared: Services, clients: Any) -> None:
    client = clients(shared)
    assert client.sql("SELECT current_database()") == [("shared",)]
    client.redis().set("key", "value")
    assert client.redis().get("key") == b"value"
    client.s3().create_bucket(Bucket="bucket")
    client.s3().put_object(Bucket="bucket", Key="key", Body=b"bytes")
    assert client.s3().get_object(Bucket="bucket", Key="key")["Body"].read() == b"bytes"


def test_a_wrong_password_is_refused_by_each(shared: Services, clients: Any) -> None:
    wrong = Services(
        **{
            **vars(shared),
            "database_url": shared.database_url.replace("padstone:", "padstone:x"),
            "redis_url": shared.redis_url.replace("://:", "://:x"),
            "storage_secret_key": "x" + shared.storage_secret_key,
        }
    )
    client = clients(wrong)
    for ask in (
        lambda: client.sql("SELECT 1"),
        lambda: client.redis().ping(),
        lambda: client.s3().list_buckets(),
    ):
        with pytest.raises(Exception, match=r"(?i)password|does not match"):
            ask()


def test_the_database_speaks_unicode_and_utc(shared: Services, clients: Any) -> None:
    assert clients(shared).sql(
        "SELECT upper('é'), current_setting('server_encoding'), current_setting('timezone')"
    ) == [("É", "UTF8", "UTC")]


def test_joining_starts_nothing_and_says_nothing(shared_root: Path, shared: Services) -> None:
    before = [(one.name, one.pid) for one in status(shared_root)]
    said: list[str] = []
    with attach("shared", root=shared_root, progress=said.append) as lease:
        assert said == []
        assert lease.services.timings.keys() == {"total"}
        assert lease.services.database_url == shared.database_url
    assert [(one.name, one.pid) for one in status(shared_root)] == before


def test_another_process_joins_with_a_database_of_its_own(
    shared_root: Path, shared: Services, user: Any
) -> None:
    database_url, *others = user(shared_root, "another").urls()
    assert database_url == shared.database_url.removesuffix("shared") + "another"
    assert others == [shared.redis_url, shared.storage_endpoint_url]


@pytest.mark.parametrize("name", ['odd "name"; --', "ünï", "a/b?c", "x" * 63])
def test_any_name_that_postgresql_takes_is_a_database(
    name: str, shared_root: Path, clients: Any
) -> None:
    from sqlalchemy.engine import make_url

    with attach(name, root=shared_root) as lease:
        assert make_url(lease.services.database_url).database == name
    with attach("shared", root=shared_root) as lease:
        found = clients(lease.services).sql("SELECT datname FROM pg_database")
    assert (name,) in found


@pytest.mark.parametrize("name", ["", "x" * 64, "nul\0"])
def test_a_name_that_postgresql_would_change_is_refused(name: str, shared_root: Path) -> None:
    with pytest.raises(ServiceError, match="1 to 63 bytes"):
        attach(name, root=shared_root)


def test_a_database_that_was_dropped_is_made_again(
    shared_root: Path, shared: Services, clients: Any
) -> None:
    with attach("dropped", root=shared_root):
        clients(shared).sql("DROP DATABASE dropped")
    with attach("dropped", root=shared_root) as lease:
        assert clients(lease.services).sql("SELECT 1") == [(1,)]


def test_secrets_stay_out_of_the_process_list_and_the_representation(shared: Services) -> None:
    secrets = [
        shared.database_url.split(":")[2].split("@")[0],
        shared.redis_url.split(":")[2].split("@")[0],
        shared.storage_secret_key,
        shared.storage_access_key,
    ]
    listed = subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
    assert "postgres" in listed
    assert [secret for secret in secrets if secret in listed] == []
    assert [secret for secret in secrets[:3] if secret in repr(shared)] == []


def test_only_the_owner_can_read_what_is_stored(shared_root: Path, shared: Services) -> None:
    # Root lets `nobody` walk through its folders, and nothing more.
    expected = 0o711 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(shared.folder.stat().st_mode) == expected
    files = [path for path in shared.folder.iterdir() if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(one.data.stat().st_mode) for one in status(shared_root)} == {0o700}


def test_ports_passwords_and_data_outlive_the_set(
    root: Path, clients: Any, until: Any, user: Any
) -> None:
    said: list[str] = []
    with attach("app", root=root, grace=0.2, progress=said.append) as lease:
        first = lease.services
        clients(first).sql("CREATE TABLE kept AS SELECT 42 AS answer")
        clients(first).redis().set("kept", 1)
    assert any("creating its data folder" in sentence for sentence in said)
    started = {"postgres", "valkey", "s3", "mail"}
    assert first.timings.keys() == {"initdb", *started, "database", "total"}
    until(lambda: all(one.state == "stopped" for one in status(root)))

    with attach("app", root=root, grace=0.2) as lease:
        second = lease.services
        assert second.database_url == first.database_url
        assert second.redis_url == first.redis_url
        assert second.storage_endpoint_url == first.storage_endpoint_url
        assert second.storage_secret_key == first.storage_secret_key
        assert (second.mail_url, second.mailbox_url) == (first.mail_url, first.mailbox_url)
        assert second.notes == ()
        assert second.timings.keys() == {*started, "total"}
        assert clients(second).sql("SELECT answer FROM kept") == [(42,)]
        assert clients(second).redis().get("kept") == b"1"


def test_a_taken_port_is_replaced_and_announced(made_root: Path, clients: Any) -> None:
    with attach("app", root=made_root) as lease:
        old = int(lease.services.database_url.split(":")[3].split("/")[0])
    stop(made_root)
    with socket.create_server(("127.0.0.1", old)), attach("app", root=made_root) as lease:
        (note,) = lease.services.notes
        assert note.startswith(f"Port {old} was taken; PostgreSQL moved to ")
        assert clients(lease.services).sql("SELECT 1") == [(1,)]


def test_two_that_come_at_once_start_one_set(root: Path, user: Any) -> None:
    first, second = user(root), user(root)
    assert first.urls() == second.urls()
    log = (root / ".padstone/services/logs/keeper.log").read_text()
    assert log.count("Valkey: starting") == 1


def test_the_set_stops_when_its_last_user_is_killed(
    made_root: Path, user: Any, until: Any, pids: Any, is_alive: Any
) -> None:
    only = user(made_root)
    only.urls()
    running = pids(made_root)
    only.kill()
    until(lambda: not any(map(is_alive, running.values())))
    assert {one.state for one in status(made_root)} == {"stopped"}
    assert not (made_root / ".padstone/services/state.json").exists()


def test_a_lease_may_be_released_twice(shared_root: Path) -> None:
    lease = attach("shared", root=shared_root)
    lease.release()
    lease.release()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(attach, "shared", root=shared_root).result().release()


@pytest.mark.usefixtures("embedded")
def test_the_test_set_is_quick_and_forgets(root: Path, clients: Any, until: Any) -> None:
    with attach("app", root=root, ephemeral=True, grace=0.2) as lease:
        asked = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        assert clients(lease.services).sql(asked) == [("off", "off")]
        clients(lease.services).s3().create_bucket(Bucket="bucket")
        found = status(root, ephemeral=True)
        assert all(one.data.exists() for one in found)
        assert {one.state for one in status(root)} == {"stopped"}
    until(lambda: {one.state for one in status(root, ephemeral=True)} == {"stopped"})
    assert not any(one.data.exists() for one in found)


def test_where_tests_were_given_all_services_none_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE", "REDIS", "STORAGE_ENDPOINT"):
        monkeypatch.setenv(f"PADSTONE_TEST_{name}_URL", "any://canary")
    with pytest.raises(ServiceError, match="PADSTONE_TEST_REDIS_URL") as caught:
        attach("app", root=tmp_path, ephemeral=True)
    assert "canary" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_imports_no_framework() -> None:
    script = "import sys, padstone.devservices.keeper; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"pydantic", "fastapi", "sqlalchemy", "asyncio"}.isdisjoint(loaded)
