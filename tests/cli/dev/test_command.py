import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from jobs_system import FILES
from padstone.testing.checkouts import Checkout, new_checkout
from padstone.testing.processes import WatchedProcess

READY = "Ctrl-C stops everything."


def get(url: str) -> bytes:
    with urlopen(url, timeout=60) as answer:  # noqa: S310  # our own server
        return bytes(answer.read())


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
    return answer


def address(output: str) -> str:
    """The address that the table shows for the system."""
    rows = (line.split() for line in output.splitlines())
    return next(row[2] for row in rows if row[:2] == ["keyed", "1.2.3"])


def test_the_table_has_what_a_newcomer_needs(held: Checkout) -> None:
    dev = held.dev("--no-reload", NO_COLOR="1", COLUMNS="80")
    output = dev.until(READY)
    assert "\x1b" not in output
    table = output[output.index("version") :].splitlines()
    for service in ("postgres", "valkey", "s3", "mail"):
        row = next(line for line in table if line.startswith(service))
        assert "127.0.0.1:" in row
        assert "was running" in row
    url = address(output)
    rows = [line.split() for line in table]
    assert ["keyed", "1.2.3", url] in [row[:3] for row in rows]
    assert ["docs", f"{url}/docs"] in rows
    assert ["health", f"{url}/health"] in rows
    assert any("demo account: demo@example.com" in line for line in table)
    assert max(map(len, table[:9])) <= 80

    line = next(line.strip() for line in table if "curl" in line)
    said = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert said.returncode == 0, said.stderr
    assert b'"title":"Keyed"' in said.stdout

    held.release_services()
    dev.interrupt()
    assert dev.ended(within=10) == 0
    assert "Traceback" not in dev.output
    held.nothing_is_left()


def test_on_a_terminal_there_is_colour_and_ctrl_c_ends_it(held: Checkout) -> None:
    dev = held.dev("--no-reload", tty=True, TERM="xterm-256color", COLUMNS="80")
    output = dev.until("Starting keyed", READY)
    assert "\x1b[36mkeyed" in output
    assert "\x1b[?25l" in output  # the cursor hides while something turns
    held.release_services()
    dev.type("\x03")
    assert dev.ended(within=10) == 0
    assert "Stopping" in dev.output
    assert "the server ended" not in dev.output  # the key is for this process alone
    assert "\x1b[?25h" in dev.output  # and is back
    held.nothing_is_left()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_no_signal_leaves_anything(held: Checkout, number: signal.Signals) -> None:
    dev = held.dev()
    dev.until(READY)
    held.release_services()
    dev.send(number)
    assert dev.ended(within=10) == (-number if number == signal.SIGKILL else 0)
    held.nothing_is_left()


def test_killed_while_it_starts_it_leaves_nothing(held: Checkout) -> None:
    dev = held.dev()
    until(held.servers)
    held.release_services()
    dev.send(signal.SIGKILL)
    held.nothing_is_left()


def test_stopped_while_it_starts_it_leaves_nothing(checkout: Checkout) -> None:
    # The services are started by it, so their grace is the usual one.
    dev = checkout.dev()
    until(checkout.servers)
    dev.interrupt()
    assert dev.ended(within=10) == 0
    assert checkout.servers() == []


def test_two_at_once_share_services_and_not_ports(held: Checkout) -> None:
    one, two = held.dev("--no-reload"), held.dev("--no-reload")
    urls = {address(dev.until(READY)) for dev in (one, two)}
    assert len(urls) == 2
    announced = [dev for dev in (one, two) if "is taken, so it is on" in dev.output]
    assert len(announced) == 1
    keepers = [line for line in held.processes().values() if "devservices.keeper" in line]
    assert len(keepers) == 1
    held.release_services()

    one.interrupt()
    assert one.ended(within=10) == 0
    assert get(f"{address(two.output)}/health/ready")
    two.interrupt()
    assert two.ended(within=10) == 0
    held.nothing_is_left()


def test_a_taken_port_is_replaced(held: Checkout) -> None:
    project = held.system("keyed") / "pyproject.toml"
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        text = project.read_text()
        project.write_text(text[: text.index("port =")] + f"port = {port}\n")
        main = held.system("keyed") / "app" / "main.py"
        main.write_text(f"{main.read_text()}\nprint('links lead to', settings.PORT)\n")
        dev = held.dev()
        output = dev.until(READY, f"links lead to {port + 1}")
    assert f"port {port} is taken, so it is on {port + 1}" in output
    assert address(output) == f"http://127.0.0.1:{port + 1}"


@pytest.mark.parametrize(
    ("args", "environment", "sentence"),
    [
        (["--system", "unknown"], {}, "There is no system 'unknown' here. There are: keyed."),
        ([], {"ENVIRONMENT": "production"}, "ENVIRONMENT is production"),
    ],
)
def test_what_cannot_be_asked_for(
    keyed: Any, args: list[str], environment: dict[str, str], sentence: str
) -> None:
    (keyed.folder / "pyproject.toml").write_text('[project]\nname = "keyed"\nversion = "1"\n')
    ran = keyed.inside("dev", *args, env={"ENVIRONMENT": "", **environment})
    assert ran.status in {1, 2}
    assert sentence in ran.err
    assert ran.out == ""


BROKEN = {
    "syntax": ({"app/main.py": "def ("}, {}, "SyntaxError"),
    "settings": ({}, {"DATABASE_POOL_SIZE": "many"}, "DATABASE_POOL_SIZE  is not a whole number."),
    "migration": (
        {"alembic/versions/0002.py": 'revision = "0002"\ndown_revision = "0001"\n'
         'def upgrade():\n    from alembic import op\n    op.execute("SELECT 1 / 0")\n'},
        {},
        "division by zero",
    ),
    "seed": ({}, {"GREETING": "fail"}, "RuntimeError: half way"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_does_not_start_is_told(held: Checkout, kind: str) -> None:
    files, environment, reason = BROKEN[kind]
    for name, text in files.items():
        Path(held.system("keyed") / name).write_text(text)
    dev = held.dev("--no-reload", **environment)
    assert dev.ended() == 1
    assert reason in dev.output
    assert "error: keyed did not start" in dev.output
    assert "ExceptionGroup" not in dev.output
    held.release_services()
    held.nothing_is_left()


def test_a_database_that_is_given_is_not_migrated(held: Checkout, blank_database: str) -> None:
    dev = held.dev("--no-reload", DATABASE_URL=blank_database)
    assert dev.ended() == 1
    assert "The database lacks 1 migration. Run: padstone db upgrade" in dev.output
    assert "Traceback" not in dev.output


def test_a_developer_saves_files(held: Checkout) -> None:
    dev = held.dev()
    url = address(dev.until(READY))
    main = held.system("keyed") / "app" / "main.py"
    text = main.read_text()

    def shows(title: str) -> bool:
        # A request that comes during a restart is answered, by the old server or by the new one.
        return f'"title":"{title}"'.encode() in get(f"{url}/openapi.json")

    main.write_text(text.replace("Keyed", "Second"))
    dev.until("main.py changed, restarting", "serving again after")
    assert shows("Second")

    main.write_text("def (")
    dev.until("SyntaxError", "waiting for the next change")
    main.write_text(text.replace("Keyed", "Third"))
    dev.until("serving again after", count=2)
    assert shows("Third")

    (held.system("keyed") / "tests").mkdir()
    (held.system("keyed") / "tests" / "test_it.py").write_text("")
    for number in range(20):
        main.write_text(text.replace("Keyed", f"Save {number}"))
    main.write_text(text.replace("Keyed", "The last of many saves"))
    until(lambda: shows("The last of many saves"))
    assert len(held.servers()) == 1
    assert dev.output.count("main.py changed") <= 3 + 3
    assert "test_it.py" not in dev.output

    before = dev.output.count("serving again after")
    (server,) = held.servers()
    os.kill(server, signal.SIGKILL)
    dev.until("the server ended by SIGKILL; starting it again in 0.25 s")
    assert shows("The last of many saves")
    dev.until("serving again after", count=before + 1)
    assert held.servers() != [server]

    held.release_services()
    main.write_text(text)
    dev.interrupt()
    assert dev.ended(within=10) == 0
    held.nothing_is_left()


STREAM = """
import asyncio
from padstone.events import Event, EventStream


@app.get("/stream")
async def stream():
    async def for_ever():
        yield Event("first")
        await asyncio.Event().wait()

    return EventStream(for_ever())
"""


def test_promise_8_an_endless_stream_does_not_hold_up_a_restart(held: Checkout) -> None:
    main = held.system("keyed") / "app" / "main.py"
    main.write_text(main.read_text() + STREAM)
    # By force it would end after the grace, and not before.
    dev = held.dev(SHUTDOWN_GRACE_SECONDS="300")
    url = address(dev.until(READY))
    with urlopen(f"{url}/stream", timeout=60) as stream:  # noqa: S310  # our own server
        until(lambda: stream.readline() == b"data: first\n")
        main.write_text(main.read_text() + "\n")
        until(lambda: stream.readline() == b"event: shutdown\n")
    dev.until("serving again after")
    held.release_services()
    dev.interrupt()
    assert dev.ended(within=10) == 0
    held.nothing_is_left()


@pytest.fixture
def with_jobs(tiny: Any, services_made_once: Path) -> Iterator[Checkout]:
    """A checkout whose system has jobs."""
    with new_checkout(services_made_once) as made:
        made.add("tiny", tiny("DatabaseSettings", "JobSettings", files=FILES).folder)
        made.hold_services()
        yield made


def test_a_system_with_jobs_has_a_worker(with_jobs: Checkout) -> None:
    dev = with_jobs.dev(NO_COLOR="1")
    output = dev.until(READY, "the worker is ready after")
    assert ["worker", "2", "kinds", "of", "jobs"] in [line.split() for line in output.splitlines()]
    (first,) = with_jobs.workers()

    tasks = with_jobs.system("tiny") / "app" / "jobs.py"
    tasks.write_text(tasks.read_text() + "\n")
    dev.until("serving again after")
    until(lambda: with_jobs.workers() not in ([], [first]))
    dev.until("the worker is ready after", count=2)

    with_jobs.release_services()
    dev.interrupt()
    assert dev.ended(within=10) == 0
    assert "Traceback" not in dev.output
    with_jobs.nothing_is_left()


def test_a_worker_is_gone_with_a_killed_dev(with_jobs: Checkout) -> None:
    dev = with_jobs.dev("--no-reload")
    dev.until(READY, "the worker is ready after")
    with_jobs.release_services()
    dev.send(signal.SIGKILL)
    with_jobs.nothing_is_left()


@pytest.fixture
def by_make(held: Checkout) -> Callable[[], WatchedProcess]:
    """Starts ``make dev`` as in a checkout that is set up."""
    root = Path(__file__).parents[3]
    binaries = held.folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "padstone").symlink_to(Path(sys.executable).parent / "padstone")
    shutil.copy(root / "Makefile", held.folder)
    (held.folder / "pyproject.toml").touch()
    (held.folder / ".venv" / ".synced").touch()
    tools = held.folder / "tools"
    tools.mkdir()
    (tools / "uv").touch(mode=0o755)
    return lambda: held.start("make", "dev", PATH=f"{tools}:{os.environ['PATH']}")


def test_ctrl_c_through_make(by_make: Callable[[], WatchedProcess], held: Checkout) -> None:
    made = by_make()
    made.until(READY)
    held.release_services()
    made.interrupt()
    # make itself dies of the signal, as a shell expects of it.
    assert made.ended(within=10) in {-signal.SIGINT, 2}
    assert "Error" not in made.output
    held.nothing_is_left()


def test_a_killed_make_leaves_nothing(
    by_make: Callable[[], WatchedProcess], held: Checkout
) -> None:
    made = by_make()
    made.until(READY)
    held.release_services()
    made.send(signal.SIGKILL)
    held.nothing_is_left()
