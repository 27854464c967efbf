import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

Serve = Callable[..., Any]
Eventually = Callable[..., Any]


def in_background(call: Callable[[], Any]) -> "Future[Any]":
    done: Future[Any] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except httpx2.HTTPError as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done


def test_the_address_comes_from_settings_and_options_go_before(serve: Serve) -> None:
    by_settings = serve(HOST="127.0.0.2", PORT="0")
    by_settings.process.until("serving", "http://127.0.0.2:")
    by_options = serve("--host", "127.0.0.3", HOST="127.0.0.2")
    by_options.process.until("serving", f"http://127.0.0.3:{by_options.port}")


def test_running_requests_may_end(serve: Serve, eventually: Eventually) -> None:
    served = serve()
    served.until_it_serves()
    running = in_background(lambda: served.get("/until/released"))
    served.begun("released")
    served.process.send(signal.SIGTERM)

    def refuses() -> bool:
        try:
            served.get("/health/live")
        except httpx2.ConnectError:
            return True
        return False

    eventually(refuses)
    assert not running.done()
    (served.folder / "released").touch()
    assert running.result(30).status_code == 200
    assert served.process.ended() == 0
    assert "Traceback" not in served.process.output


def test_what_does_not_end_is_ended_after_the_grace(serve: Serve) -> None:
    served = serve(SHUTDOWN_GRACE_SECONDS="1")
    served.until_it_serves()
    in_background(lambda: served.get("/until/never"))
    served.begun("never")
    served.process.interrupt()  # Ctrl-C is as good a reason
    assert served.process.ended(within=20) == 0


def test_workers_share_a_port_and_answer_for_all(serve: Serve, eventually: Eventually) -> None:
    served = serve("--workers", 2)
    served.until_it_serves()
    asked = 0

    def ask() -> int:
        nonlocal asked
        asked += 1
        return int(served.get("/pid").text)

    pids = {ask()}
    eventually(lambda: pids.add(ask()) or len(pids) == 2)
    metrics = served.get("/metrics").text
    name = 'http_request_duration_seconds_count{method="GET",route="/pid",status="200"}'
    assert f"{name} {asked}.0" in metrics

    served.process.send(signal.SIGTERM)
    assert served.process.ended() == 0
    assert not any(map(lives, pids))


def test_a_killed_worker_is_replaced_and_forgotten(serve: Serve, eventually: Eventually) -> None:
    served = serve("--workers", 2)
    served.until_it_serves()
    in_background(lambda: served.get("/until/never"))
    killed = served.begun("never")
    assert "http_requests_in_progress 2.0" in served.get("/metrics").text
    os.kill(killed, signal.SIGKILL)
    # It was busy with one request, and this one is the other.
    eventually(lambda: "http_requests_in_progress 1.0" in served.get("/metrics").text)


def test_a_killed_parent_leaves_no_worker(serve: Serve, eventually: Eventually) -> None:
    served = serve("--workers", 2)
    served.until_it_serves()
    pids: set[int] = set()
    eventually(lambda: pids.add(int(served.get("/pid").text)) or len(pids) == 2)
    served.process.send(signal.SIGKILL)
    served.process.ended()
    eventually(lambda: not any(map(lives, pids)), seconds=15)


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.parametrize("workers", [1, 2])
def test_a_taken_port_is_told(serve: Serve, workers: int) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        served = serve("--workers", workers, PORT=str(port))
        assert served.process.ended() == 1
    assert served.process.output == (
        f"error: Another process listens on port {port} on 127.0.0.1. "
        "End it, or choose another port by --port or PORT.\n"
    )


def test_of_two_that_start_at_once_one_is_told(serve: Serve, eventually: Eventually) -> None:
    one = serve()
    two = serve(PORT=str(one.port))
    eventually(lambda: any(served.process.output.count("error:") for served in (one, two)))
    loser = one if "error:" in one.process.output else two
    assert loser.process.ended() == 1
    assert "Another process listens on" in loser.process.output
    assert "Traceback" not in loser.process.output


def test_wrong_settings_are_told_in_words(serve: Serve) -> None:
    served = serve(PORT="many", LOG_LEVEL="LOUD")
    assert served.process.ended() == 1
    assert "PORT       is not a whole number." in served.process.output
    assert "LOG_LEVEL  must be" in served.process.output
    assert "Traceback" not in served.process.output


@pytest.mark.parametrize(
    ("file", "text", "sentence", "workers"),
    [
        ("app/main.py", "def (", "the application cannot be imported", 1),
        ("app/main.py", "def (", "the application cannot be imported", 2),
        ("app/core/config.py", "import nothing_of_that_name", "the settings cannot be imported", 1),
    ],
)
def test_code_that_cannot_be_imported(
    serve: Serve, folder: Path, file: str, text: str, sentence: str, workers: int
) -> None:
    (folder / file).write_text(text)
    served = serve("--workers", workers)
    assert served.process.ended() == 1
    assert sentence in served.process.output
    assert f"{folder / file}" in served.process.output
    assert "importlib" not in served.process.output  # the way there is not the reader's


@pytest.fixture
def without_database(tiny: Any) -> Path:
    found: Path = tiny("DatabaseSettings").folder
    return found


NOBODY_LISTENS = "postgresql+asyncpg://somebody:secret@127.0.0.1:1/nothing"


def test_a_database_that_never_comes_is_told_in_words(serve: Serve, without_database: Path) -> None:
    served = serve(
        at=without_database, DATABASE_URL=NOBODY_LISTENS, DATABASE_STARTUP_TIMEOUT_SECONDS="0.5"
    )
    assert served.process.ended() == 1
    assert "database is not up yet" in served.process.output
    assert "PostgreSQL at 127.0.0.1:1 did not answer within 0.5 s" in served.process.output
    assert "Traceback" not in served.process.output
    assert "secret" not in served.process.output


def test_it_can_be_stopped_while_it_waits(serve: Serve, without_database: Path) -> None:
    served = serve(
        at=without_database, DATABASE_URL=NOBODY_LISTENS, DATABASE_STARTUP_TIMEOUT_SECONDS="600"
    )
    served.process.until("database is not up yet")
    served.process.send(signal.SIGTERM)
    assert served.process.ended(within=20) == 0
    assert "Traceback" not in served.process.output
