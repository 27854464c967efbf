"""PostgreSQL's data folder: made whole, kept per version, never overwritten."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import ServiceError, attach
from padstone.devservices.layout import Layout
from padstone.devservices.postgres import (
    database_url,
    forget_dead_postmaster,
    postmaster_pid,
)
from padstone.devservices.process import names
from padstone.devservices.record import Access

ACCESS: Access = {"ports": {"postgres": 5432}, "passwords": {"postgres": "secret"}}


def test_a_data_folder_that_was_half_made_is_made_anew(root: Path, clients: Any) -> None:
    layout = Layout.of(root)
    layout.create()
    half = layout.data / "postgres-18.new"
    (half / "data" / "base").mkdir(parents=True)
    (half / "data" / "PG_VERSION").write_text("18\n")
    (half / "password").write_text("old\n")
    layout.databases.write_text('{"app": "5"}')
    with attach("app", root=root) as lease:
        assert clients(lease.services).sql("SELECT current_database()") == [("app",)]
    assert not half.exists()


@pytest.mark.parametrize("major", [9, 99])
def test_another_version_s_data_is_refused_and_left_alone(root: Path, major: int) -> None:
    layout = Layout.of(root)
    layout.create()
    other = layout.data / f"postgres-{major}"
    other.mkdir()
    (other / "PG_VERSION").write_text(f"{major}\n")
    with pytest.raises(ServiceError, match=f"made by PostgreSQL {major}.*pg_dumpall"):
        attach("app", root=root)
    assert [path.name for path in layout.data.glob("postgres-*")] == [f"postgres-{major}"]
    assert (other / "PG_VERSION").read_text() == f"{major}\n"


def test_a_stale_postmaster_file_is_removed_though_its_id_lives_again(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert postmaster_pid(tmp_path) == os.getpid()
    forget_dead_postmaster(tmp_path)
    assert postmaster_pid(tmp_path) is None


def test_the_postmaster_file_of_a_living_server_stays(tmp_path: Path, until: Any) -> None:
    with subprocess.Popen(["sh", "-c", "read _", str(tmp_path)], stdin=subprocess.PIPE) as server:
        (tmp_path / "postmaster.pid").write_text(f"{server.pid}\n")
        until(lambda: names(server.pid, tmp_path))
        forget_dead_postmaster(tmp_path)
        assert postmaster_pid(tmp_path) == server.pid
        server.kill()


def test_a_database_s_name_is_quoted_in_its_address() -> None:
    assert database_url(ACCESS, "a/b?c") == (
        "postgresql+asyncpg://padstone:secret@127.0.0.1:5432/a%2Fb%3Fc"
    )


def test_older_servers_get_an_older_way_to_sort() -> None:
    from padstone.devservices.postgres import _locale_options

    assert "--locale-provider=builtin" in _locale_options(17)
    assert _locale_options(16)[0] == "--locale=C"


@pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("1[0-7]/bin/initdb")),
    reason="the system has no older PostgreSQL of its own",
)
@pytest.mark.usefixtures("embedded")
def test_the_system_s_older_server_serves_too(
    root: Path, clients: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = next(Path("/usr/lib/postgresql").glob("1[0-7]/bin"))
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(folder))
    with attach("app", root=root, ephemeral=True) as lease:
        (answer,) = clients(lease.services).sql("SELECT version(), upper('é')")
        assert f"PostgreSQL {folder.parent.name}" in answer[0]
