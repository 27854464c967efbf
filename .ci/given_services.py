"""`make test-given`: every test on PostgreSQL, Redis and S3 that are given by URL.

It starts Debian's PostgreSQL 15, Debian's Redis and moto for itself, in a temporary folder and on
ports of their own, and ends them however it ends. They differ from the embedded ones on purpose:
older, another maker's, a role that is no superuser, a password that has to be quoted in a URL, a
time zone far from UTC, and text that sorts as people sort it. Afterwards it looks at what the
tests have left and at what they have done outside of databases of their own.

With arguments it calls pytest once, in the current folder, with these: tests/db -n 2. It ends with
2 where one of the servers is not installed.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
FOLDERS = [ROOT, *sorted(path.parents[1] for path in ROOT.glob("systems/*/app/main.py"))]
HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds that a server may take to answer, and pytest to end

# PostgreSQL does not run as root.
ACCOUNT = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "fsync": "off",
    "timezone": "Asia/Kathmandu",  # 5 hours and 45 minutes from UTC
    "log_statement": "mod",
    "log_line_prefix": "%d|",  # the database, by which `trespasses` knows them
}

# A role that may make databases, and roles for the tests of refused log-ins; no superuser.
PREPARE = """
CREATE ROLE tester LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE given OWNER tester;
"""
LEFT = """
SELECT 'the database ' || datname FROM pg_database
WHERE datname NOT IN ('postgres', 'template0', 'template1', 'given')
UNION ALL
SELECT 'the role ' || rolname FROM pg_roles
WHERE rolname NOT IN ('owner', 'tester') AND rolname NOT LIKE 'pg\\_%'
"""
STATEMENT = re.compile(r"^(\w*)\|LOG:  (?:statement|execute [^:]*): (.*)$")
ON_DATABASES = re.compile(r"(?:CREATE|DROP|ALTER)\s+DATABASE\b(?:\s+IF\s+EXISTS)?\s*(.*)", re.I)


def missing() -> list[str]:
    """What is not installed, each with the way to have it."""
    wanted = {
        "PostgreSQL 15: apt-get install postgresql-15": (POSTGRES / "postgres").exists(),
        "Redis: apt-get install redis-server": shutil.which("redis-server"),
        "moto: make setup": (BIN / "moto_server").exists(),
    }
    return [name for name, found in wanted.items() if not found]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, question: bytes = b"", answer: bytes = b"") -> bool:
    """Whether somebody listens there, and says ``answer`` to ``question`` where one is put."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1) as connection:
        connection.sendall(question)
        return connection.recv(len(answer)) == answer if answer else True
    return False


class Given:
    """The three servers, their logs in ``folder``."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.log = folder / "postgres.log"
        self._stack = stack
        self._password = f"{secrets.token_hex(8)}@/%:?#"
        self._ports = {name: free_port() for name in ("postgres", "redis", "moto")}

    def start(self) -> None:
        self._start_postgres()
        settings = self.folder / "redis.conf"
        port = self._ports["redis"]
        settings.write_text(
            f'bind {HOST}\nport {port}\ndir {self.folder}\nsave ""\nrequirepass "{self._password}"'
        )
        self._serve("redis", ["redis-server", settings], signal.SIGTERM)
        command = [BIN / "moto_server", "-H", HOST, "-p", str(self._ports["moto"])]
        self._serve("moto", command, signal.SIGTERM)
        self._wait("redis", lambda: answers(port, b"PING\r\n", b"-NOAUTH"))
        self._wait("moto", lambda: answers(self._ports["moto"]))

    def urls(self) -> dict[str, str]:
        """The variables by which the plugin is told."""
        password = quote(self._password, safe="")
        return {
            "PADSTONE_TEST_DATABASE_URL": (
                f"postgresql://tester:{password}@{HOST}:{self._ports['postgres']}/given"
            ),
            "PADSTONE_TEST_REDIS_URL": f"redis://:{password}@{HOST}:{self._ports['redis']}/0",
            "PADSTONE_TEST_STORAGE_ENDPOINT_URL": f"http://{HOST}:{self._ports['moto']}",
            "PADSTONE_TEST_STORAGE_ACCESS_KEY": "given-access",
            "PADSTONE_TEST_STORAGE_SECRET_KEY": secrets.token_hex(16),
        }

    def _start_postgres(self) -> None:
        data, password = self.folder / "data", self.folder / "password"
        data.mkdir(mode=0o700)
        password.write_text(self._password)
        if ACCOUNT:
            for path in (data, password):
                shutil.chown(path, "nobody", "nogroup")
        # Text sorts as in a dictionary, not by code point: "a" before "B".
        locale = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8", "-E", "UTF8"]
        subprocess.run(  # noqa: S603
            [POSTGRES / "initdb", "-D", data, "-U", "owner", *locale]
            + ["-A", "scram-sha-256", f"--pwfile={password}", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **ACCOUNT,
        )
        options = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        command = [POSTGRES / "postgres", "-D", data, "-p", str(self._ports["postgres"]), *options]
        self._serve("postgres", command, signal.SIGINT, **ACCOUNT)
        self._wait("postgres", lambda: self._psql("SELECT 1", check=False) == ["1"])
        self._psql(PREPARE)

    def _psql(self, statements: str, *, check: bool = True) -> list[str]:
        done = subprocess.run(  # noqa: S603
            [POSTGRES / "psql", "-XqAt", "-h", HOST, "-p", str(self._ports["postgres"])]
            + ["-U", "owner", "-d", "postgres", "-v", f"password={self._password}"],
            input=statements,
            env={"PGPASSWORD": self._password},
            capture_output=True,
            text=True,
            check=check,
        )
        return done.stdout.splitlines()

    def _serve(
        self, name: str, command: list[Path | str], last_signal: signal.Signals, **account: object
    ) -> None:
        # A group of its own, since Ctrl-C is for pytest, which has databases to drop. And an end
        # with this process even where that is killed.
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                ["setpriv", "--pdeathsig", last_signal.name.removeprefix("SIG"), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                process_group=0,
                **account,
            )
        self._stack.callback(end, process, last_signal)

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_ready():
            if time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise SystemExit(f"error: {name} does not answer.\n{log[-2000:]}")
            time.sleep(0.05)

    def traces(self) -> list[str]:
        """What the tests have left on the server, and what they did that is not theirs to do."""
        return [f"left behind: {line}" for line in self._psql(LEFT)] + list(trespasses(self.log))


def trespasses(log: Path) -> Iterator[str]:
    """The statements that changed something outside of a database whose name begins with test_."""
    for line in log.read_text(errors="replace").splitlines():
        if not (found := STATEMENT.match(line)):
            continue
        database, statement = found.groups()
        about = ON_DATABASES.match(statement)
        if about and not about[1].startswith('"test_') and "tester" not in about[1]:
            yield f"not a test's database: {statement}"
        if not about and not database.startswith("test_") and "tester" not in statement:
            yield f"in the database {database}: {statement}"


def end(process: "subprocess.Popen[bytes]", last_signal: signal.Signals) -> None:
    process.send_signal(last_signal)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def given_services() -> Iterator[Given]:
    """Starts the servers; they and all they stored are gone afterwards."""
    memory = Path("/dev/shm")  # noqa: S108
    with ExitStack() as stack:
        place = memory if os.access(memory, os.W_OK) else None
        folder = tempfile.TemporaryDirectory(prefix="padstone-given-", dir=place)
        path = Path(stack.enter_context(folder))
        path.chmod(0o711)  # PostgreSQL's user has to walk through it
        given = Given(path, stack)
        given.start()
        yield given


def pytest(folder: Path, words: list[str], urls: dict[str, str]) -> bool:
    """Runs pytest from nothing but these variables; whether all passed."""
    kept = {"PATH", "HOME", "TERM", "LANG", "TMPDIR", "CI"}
    own = {name: value for name, value in os.environ.items() if name in kept}
    environment = {**own, **urls, "PATH": f"{BIN}:{own['PATH']}"}
    process = subprocess.Popen([BIN / "pytest", *words], cwd=folder, env=environment)  # noqa: S603
    try:
        return process.wait() == 0
    finally:
        if process.poll() is None:
            end(process, signal.SIGINT)


def stop(*_: object) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)


def main() -> int:
    """0 where every test passed and left nothing."""
    if lacking := missing():
        print("error: this needs servers that are not installed.", *lacking, sep="\n  ")
        return 2
    signal.signal(signal.SIGTERM, stop)
    words = ["-n", "auto", "--dist", "worksteal", "-q", "--durations=5"]
    with given_services() as given:
        if sys.argv[1:]:
            ok = pytest(Path.cwd(), sys.argv[1:], given.urls())
        else:
            ok = all([pytest(folder, words, given.urls()) for folder in FOLDERS])
        for trace in (traces := given.traces()):
            print(f"error: {trace}")
    return 0 if ok and not traces else 1


if __name__ == "__main__":
    sys.exit(main())
