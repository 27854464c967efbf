"""Promise 8: a server that is asked to end says so, ends its streams, and is gone in time.

The grace is longer than any of these tests waits, so that nothing here ends by force.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

Serve = Callable[..., Any]
Eventually = Callable[..., Any]

GRACE = {"SHUTDOWN_GRACE_SECONDS": "120"}
LONG_BEFORE = 60


class Stream:
    """An endless stream that is being read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def until(self, wanted: str) -> list[str]:
        """The lines up to the one that is wanted."""
        seen = []
        for line in self._lines:
            seen.append(line)
            if line == wanted:
                return seen
        raise AssertionError(f"{wanted!r} never came: {seen}")

    def rest(self) -> list[str]:
        """The lines up to the end."""
        return list(self._lines)


@contextmanager
def streaming(served: Any) -> Iterator[Stream]:
    with httpx2.stream("GET", f"{served.url}/stream", timeout=60) as answer:
        stream = Stream(answer.iter_lines())
        stream.until("data: first")
        yield stream


@pytest.mark.parametrize("workers", [1, 2])
def test_promise_8_an_endless_stream_gets_its_last_event(serve: Serve, workers: int) -> None:
    served = serve("--workers", workers, **GRACE)
    served.until_it_serves()
    with streaming(served) as stream:
        served.process.send(signal.SIGTERM)
        assert stream.until("event: shutdown")
        assert stream.rest()[0] == "data: {}"
        assert served.process.ended(within=LONG_BEFORE) == 0
    assert "Traceback" not in served.process.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_promise_8_so_it_does_under_plain_uvicorn(serve: Serve, number: signal.Signals) -> None:
    served = serve("app.main:app", by=("uvicorn",))
    served.until_it_serves()
    with streaming(served) as stream:
        served.process.send(number)
        assert stream.until("event: shutdown")
        # uvicorn ends by the signal that it got, as it does without us.
        assert served.process.ended(within=LONG_BEFORE) in {-number, 0}
    assert "Traceback" not in served.process.output.replace("KeyboardInterrupt", "")


def test_promise_8_it_serves_on_unready_for_the_delay(serve: Serve, eventually: Eventually) -> None:
    served = serve(SHUTDOWN_DELAY_SECONDS="600", **GRACE)
    served.until_it_serves()
    with streaming(served) as stream:
        assert served.get("/health/ready").status_code == 200
        assert served.get("/pid").headers.get("connection") != "close"
        served.process.send(signal.SIGTERM)
        eventually(lambda: served.get("/health/ready").status_code == 503)
        assert served.get("/health/ready").json()["status"] == "draining"
        answer = served.get("/pid")
        assert answer.status_code == 200
        assert answer.headers["connection"] == "close"
        served.process.send(signal.SIGINT)  # who insists does not wait
        assert stream.until("event: shutdown")
        assert served.process.ended(within=LONG_BEFORE) == 0


def test_after_the_delay_it_ends(serve: Serve) -> None:
    served = serve("--workers", 2, SHUTDOWN_DELAY_SECONDS="0.5", **GRACE)
    served.until_it_serves()
    with streaming(served) as stream:
        served.process.send(signal.SIGTERM)
        assert stream.until("event: shutdown")
        assert served.process.ended(within=LONG_BEFORE) == 0
