"""A server is a process: it is waited for, stopped, killed, and its end is told."""

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from padstone.testing.servers import ServerProcess, free_port

# Stands in for ``python -m padstone serve``: a small web server, or what goes wrong with one.
SERVE = """
import http.server, os, signal, sys, time
port = int(sys.argv[sys.argv.index("--port") + 1])
mode = os.environ["MODE"]
print("mode", mode, os.environ.get("HOME"), os.environ.get("LEAKED"), flush=True)
if mode == "dies":
    raise SystemExit("no such table")
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if mode != "unready" else 503)
        self.end_headers()

server = http.server.HTTPServer(("127.0.0.1", port), Handler)
if mode == "polite":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server.serve_forever()
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Starts such a process; it is killed at the latest with the test."""
    package = tmp_path / "padstone"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(SERVE)
    monkeypatch.setenv("LEAKED", "c4n4ry")
    started = []

    def begin(mode: str) -> ServerProcess:
        process = ServerProcess(tmp_path, {"MODE": mode}, tmp_path / "log")
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        if process._process.poll() is None:
            process._process.kill()
        process._process.wait()


async def test_it_answers_and_ends_as_asked(start: Any) -> None:
    process = start("polite")
    await process.ready("/")
    assert process.pid > 0
    assert await process.stop() == 0
    assert await process.stop() == 0, "it may be stopped twice"


async def test_one_that_does_not_catch_the_signal_says_which(start: Any) -> None:
    process = start("plain")
    await process.ready("/")
    assert await process.stop() == -signal.SIGTERM


async def test_a_killed_one_is_gone(start: Any) -> None:
    process = start("polite")
    await process.ready("/")
    await process.kill()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", process.port)) != 0


async def test_one_that_dies_is_not_waited_for(start: Any) -> None:
    with pytest.raises(AssertionError, match="no such table"):
        await start("dies").ready("/", within=600)


async def test_one_that_is_never_ready_shows_its_log(start: Any) -> None:
    process = start("unready")
    async with asyncio.timeout(60):
        while not process.log.read_text():  # it is another process's doing
            await asyncio.sleep(0.01)
    with pytest.raises(AssertionError, match=r"did not answer 200 within 0\.5 s") as caught:
        await process.ready("/", within=0.5)
    assert "mode unready" in str(caught.value)


async def test_one_that_does_not_end_is_killed_and_reported(start: Any) -> None:
    process = start("deaf")
    await process.ready("/")
    with pytest.raises(AssertionError, match=r"did not end within 0\.1 s"):
        await process.stop(within=0.1)
    assert process._process.poll() == -signal.SIGKILL


async def test_its_environment_is_what_it_was_given(start: Any) -> None:
    process = start("plain")
    await process.ready("/")
    said = process.log.read_text().split()
    assert said[1] == "plain"
    assert said[2] != "None"
    assert said[3] == "None"
    await process.stop()


def test_a_free_port_is_free() -> None:
    port = free_port()
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))


def test_it_runs_this_python(start: Any) -> None:
    process = start("plain")
    assert process._process.args[0] == sys.executable
