"""`make test-given`: every test on PostgreSQL, Redis and S3 that are given by URL.

It starts Debian's PostgreSQL 15, Debian's Redis and moto for itself, in a temporary folder and on
ports of their own, and ends them however it ends. They differ from the embedded ones on purpose:
older, other makers' and less strict; a role that is no superuser, a password that a URL has to
quote, a time zone far from UTC, and text that sorts as people sort it. Afterwards it looks for
what the tests have left there and for what they have done outside of what is theirs.

With arguments it calls pytest once, in the current folder, with these: tests/db -n 2. It ends with
2 where one of the servers is not installed.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from traces import traces

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
FOLDERS = [ROOT, *sorted(path.parents[1] for path in ROOT.glob("systems/*/app/main.py"))]
HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds that a server may take to answer, and pytest to end

# PostgreSQL does not run as root.
ACCOUNT: dict[str, Any] = (
    {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
)
# Text sorts as in a dictionary, not by code point: "a" before "B".
LOCALE = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8", "--encoding=UTF8")
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "fsync": "off",
    "timezone": "Asia/Kathmandu",  # 5 hours and 45 minutes from UTC
    "log_statement": "mod",  # what changes anything is logged,
    "log_line_prefix": "%d|",  # with the name of the database
}
# It may make databases, and roles for the tests of refused log-ins. It is no superuser.
ROLE = """
CREATE ROLE tester LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE given OWNER tester;
"""


def missing() -> list[str]:
    """What is not installed, each with the way to have it."""
    wanted = {
        "PostgreSQL 15: apt-get install postgresql-15": (POSTGRES / "postgres").exists(),
        "Redis: apt-get install redis-server": shutil.which("redis-server"),
        "moto: make setup": (BIN / "moto_server").exists(),
    }
    return [name for name, found in wanted.items() if not found]


def free_port() -> int:
    """A port that nobody listens on."""
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


def start(
    command: Sequence[Path | str], last: signal.Signals, **options: Any
) -> "subprocess.Popen[Any]":
    """Starts a process that ends with this one, also where this one is killed."""
    dying = ["/usr/bin/setpriv", "--pdeathsig", last.name.removeprefix("SIG")]
    return subprocess.Popen([*dying, *command], **options)  # noqa: S603


def end(process: "subprocess.Popen[Any]", last: signal.Signals) -> None:
    """Asks the process to end, and insists when its time is up."""
    process.send_signal(last)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Given:
    """The three servers and their logs, in ``folder``."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._password = f"{secrets.token_hex(8)}@/%:?#"
        self._ports = {name: free_port() for name in ("postgres", "redis", "moto")}

    def start(self) -> None:
        """Starts them and waits until each answers."""
        self._initialize()
        options = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        port = self._ports["postgres"]
        command: list[Path | str] = [POSTGRES / "postgres", "-D", self.folder / "data"]
        self._serve("postgres", [*command, "-p", str(port), *options], signal.SIGINT, **ACCOUNT)
        settings = f'bind {HOST}\nport {self._ports["redis"]}\ndir {self.folder}\nsave ""\n'
        file = self._private("redis.conf", f'{settings}requirepass "{self._password}"\n')
        self._serve("redis", ["redis-server", file], signal.SIGTERM)
        command = [BIN / "moto_server", "-H", HOST, "-p", str(self._ports["moto"])]
        self._serve("moto", command, signal.SIGTERM)
        self._wait("redis", lambda: answers(self._ports["redis"], b"PING\r\n", b"-NOAUTH"))
        self._wait("moto", lambda: answers(self._ports["moto"]))
        self._wait("postgres", lambda: self.sql("SELECT 1", check=False) == ["1"])
        self.sql(ROLE)

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

    def sql(self, statements: str, *, check: bool = True) -> list[str]:
        """The lines that ``psql`` prints, as the server's owner."""
        where = ("-h", HOST, "-p", str(self._ports["postgres"]), "-U", "owner", "-d", "postgres")
        done = subprocess.run(  # noqa: S603
            [POSTGRES / "psql", "-XqAt", *where, "-v", f"password={self._password}"],
            input=statements,
            env={"PGPASSWORD": self._password},
            capture_output=True,
            text=True,
            check=check,
        )
        return done.stdout.splitlines()

    def _initialize(self) -> None:
        data, password = self.folder / "data", self._private("password", self._password)
        data.mkdir(mode=0o700)
        if ACCOUNT:
            for path in (data, password):
                shutil.chown(path, ACCOUNT["user"], ACCOUNT["group"])
        access = ("-U", "owner", "-A", "scram-sha-256", f"--pwfile={password}")
        subprocess.run(  # noqa: S603
            [POSTGRES / "initdb", "-D", data, *LOCALE, *access, "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **ACCOUNT,
        )

    def _private(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def _serve(
        self, name: str, command: Sequence[Path | str], last: signal.Signals, **account: Any
    ) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            # A group of its own: Ctrl-C is for pytest, which has databases to drop.
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": "/"}
            process = start(command, last, process_group=0, **options, **account)
        self._stack.callback(end, process, last)

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_ready():
            if time.monotonic() > deadline:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise SystemExit(f"error: {name} does not answer.\n{log[-2000:]}")
            time.sleep(0.05)


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
    process = start([BIN / "pytest", *words], signal.SIGINT, cwd=folder, env=environment)
    try:
        return process.wait() == 0
    finally:
        if process.poll() is None:
            end(process, signal.SIGINT)


def stop(*_: object) -> NoReturn:
    """Ends as Ctrl-C does."""
    raise SystemExit(128 + signal.SIGTERM)


def main() -> int:
    """0 where every test passed and left nothing."""
    if lacking := missing():
        print("error: this needs servers that are not installed.", *lacking, sep="\n  ")
        return 2
    signal.signal(signal.SIGTERM, stop)
    # Who starts this in the background has it ignored, and so would pytest, which is ended by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runs = [(folder, ["-n", "auto", "--dist", "worksteal", "-q"]) for folder in FOLDERS]
    if sys.argv[1:]:
        runs = [(Path.cwd(), sys.argv[1:])]
    with given_services() as given:
        [postgres] = given.sql("SHOW server_version")
        print(f"On PostgreSQL {postgres}, Redis and moto {version('moto')}:", flush=True)
        urls = given.urls()
        failed = [folder for folder, words in runs if not pytest(folder, words, urls)]
        found = list(traces(given.sql, urls, given.folder))
    for trace in found:
        print(f"error: {trace}")
    return 1 if failed or found else 0


if __name__ == "__main__":
    sys.exit(main())
