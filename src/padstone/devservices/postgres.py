"""PostgreSQL: its data folder, its settings, its databases."""

import locale
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from padstone.devservices import binaries
from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Layout, service_account
from padstone.devservices.process import Service, names
from padstone.devservices.record import HOST, Access, read_json, write_json

__all__ = ["USER", "PostgreSQL", "database_url", "ensure_database", "psql_command"]

USER = "padstone"

_DEVELOPMENT = {"max_connections": "200", "shared_buffers": "128MB"}
# A test set is thrown away, so nothing waits for a disk.
_TEST = {
    "max_connections": "300",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",  # it lies in memory
}
_ALWAYS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a@%d ",
    "log_checkpoints": "off",
}

_CREATE = r"""
SELECT format('CREATE DATABASE %I TEMPLATE template0', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT oid FROM pg_database WHERE datname = :'name';
"""


class PostgreSQL(Service):
    name = "postgres"
    title = "PostgreSQL"
    # The "fast" stop: connections are cut and everything is written.
    stop_signal = signal.SIGINT

    @property
    def data(self) -> Path:
        """A folder per major version: another version cannot read it, and must not try."""
        return self.layout.data / f"postgres-{self.major}"

    @property
    def major(self) -> int:
        return int(self._version.split(".")[0])

    def prepare(self) -> None:
        self._account = service_account()
        folder = binaries.reachable_bin(binaries.postgres_bin(), self._account)
        self.program = folder / "postgres"
        self._version = binaries.version(self.program)
        self._initializing = False
        if not self.data.exists():
            _refuse_other_majors(self.layout, self.major)

    def launch(self) -> None:
        if self.data.exists():
            self._launch_server()
        else:
            self._launch_initdb()

    def is_ready(self) -> bool:
        if not self._initializing:
            return super().is_ready()
        assert self.process is not None  # noqa: S101  launch() has started initdb
        if self.process.poll() is None:
            return False
        if self.process.returncode != 0:
            raise ServiceError(f"initdb failed. {self.last_words()}")
        self._initializing = False
        self.timings["initdb"] = self.elapsed()
        # Only a finished folder gets the name under which the next start will find it.
        (self._draft / "data").rename(self.data)
        shutil.rmtree(self._draft)
        self.begin()
        return False

    def is_answering(self) -> bool:
        lines = _postmaster_lines(self.data)
        assert self.process is not None  # noqa: S101  is_ready() has looked
        return lines[:1] == [str(self.process.pid)] and lines[7:8] == ["ready"]

    @property
    def _draft(self) -> Path:
        return self.layout.data / f"postgres-{self.major}.new"

    def _launch_server(self) -> None:
        self.say(f"PostgreSQL {self._version}: starting …")
        forget_dead_postmaster(self.data)
        settings = _ALWAYS | (_TEST if self.layout.ephemeral else _DEVELOPMENT)
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.spawn(
            [self.program, "-D", self.data, "-p", str(self.port), *options],
            account=self._account,
        )

    def _launch_initdb(self) -> None:
        self.say(f"PostgreSQL {self._version}: creating its data folder …")
        if self._draft.exists():
            shutil.rmtree(self._draft)
        # What is known of an older data folder is not true of this one.
        self.layout.databases.unlink(missing_ok=True)
        self._draft.mkdir(mode=0o700)
        (self._draft / "data").mkdir(mode=0o700)
        password_file = self._draft / "password"
        with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(self.access["passwords"]["postgres"] + "\n")
        if self._account:
            for path in (self._draft / "data", password_file, self._draft):
                os.chown(path, self._account.uid, self._account.gid)
        self._initializing = True
        self.spawn(
            [
                *(
                    self.program.with_name("initdb"),
                    "-D",
                    self._draft / "data",
                    "-U",
                    USER,
                    "-E",
                    "UTF8",
                ),
                *_locale_options(self.major),
                *("-A", "scram-sha-256", f"--pwfile={password_file}"),
                *(["--no-sync"] if self.layout.ephemeral else []),
            ],
            account=self._account,
        )


def _locale_options(major: int) -> list[str]:
    """Text sorts by code point on every machine, whatever its own locale is."""
    if major >= 17:  # noqa: PLR2004  the version that brought the provider
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    # Not every system has C.UTF-8, which alone knows the capitals of other alphabets.
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale=C"]
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale=C", "--lc-ctype=C.UTF-8"]


def _refuse_other_majors(layout: Layout, wanted: int) -> None:
    clusters = layout.clusters()
    if not clusters:
        return
    folder, major = max(clusters.items(), key=lambda item: item[1])
    raise ServiceError(
        f"The data in {folder} was made by PostgreSQL {major}, and this is PostgreSQL {wanted}, "
        "which cannot read it. Nothing was changed. To carry the data over: set "
        f"PADSTONE_POSTGRES_BIN to the folder of PostgreSQL {major}'s programs, start once more "
        "and save everything with pg_dumpall; stop, unset the variable and rename the old folder; "
        "start again and restore with psql. To begin empty instead: padstone services reset."
    )


def _postmaster_lines(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def postmaster_pid(data: Path) -> int | None:
    """The process that the folder says is serving it, dead or alive."""
    lines = _postmaster_lines(data)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def forget_dead_postmaster(data: Path) -> None:
    """Remove what a killed server left, before its process id is given to another program.

    PostgreSQL would take any living process of that id for itself and refuse to start. The caller
    holds the keeper's lock and has ended every server of this folder.
    """
    pid = postmaster_pid(data)
    if pid is not None and not names(pid, data):
        (data / "postmaster.pid").unlink(missing_ok=True)


def database_url(access: Access, database: str) -> str:
    password, port = access["passwords"]["postgres"], access["ports"]["postgres"]
    return f"postgresql+asyncpg://{USER}:{password}@{HOST}:{port}/{quote(database, safe='')}"


def psql_command(access: Access, database: str) -> tuple[list[str], dict[str, str]]:
    """A ``psql`` on the database, and the environment to run it in, which holds the password."""
    where = ["-h", HOST, "-p", str(access["ports"]["postgres"]), "-U", USER, "-d", database]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return (
        [str(binaries.psql()), *where],
        inherited | {"PGPASSWORD": access["passwords"]["postgres"], "PGCONNECT_TIMEOUT": "30"},
    )


def ensure_database(layout: Layout, access: Access, data: Path, database: str) -> bool:
    """Create the database when it is missing. Whether there was anything to ask the server.

    A database that is known and whose folder stands is there: no question is put then, because
    starting a client takes longer than joining. The caller holds the start lock.
    """
    known: Mapping[str, str] = read_json(layout.databases) or {}
    if database in known and (data / "base" / known[database]).is_dir():
        return False
    command, environment = psql_command(access, "postgres")
    options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", f"name={database}"]
    said = subprocess.run(  # noqa: S603
        [*command, *options],
        input=_CREATE,
        env=environment | {"PGCLIENTENCODING": "UTF8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if said.returncode != 0:
        raise ServiceError(f"The database {database!r} cannot be created: {said.stderr.strip()}")
    write_json(layout.databases, {**known, database: said.stdout.strip()})
    return True
