"""A system without dependencies, and ``padstone serve`` in its folder."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.servers import free_port

MAIN = """\
import asyncio
import os
from pathlib import Path

from fastapi import APIRouter
from padstone import create_app
from padstone.events import Event, EventStream, event_stream

from app.core.config import settings

router = APIRouter()


@router.get("/pid")
async def pid() -> int:
    return os.getpid()


@router.get("/until/{name}")
async def until(name: str) -> int:
    Path(f"{name}.begun").write_text(str(os.getpid()))
    while not Path(name).exists():
        await asyncio.sleep(0.01)
    return os.getpid()


@router.get("/stream", **event_stream())
async def stream() -> EventStream:
    async def for_ever():
        yield Event("first")
        await asyncio.Event().wait()

    return EventStream(for_ever())


app = create_app(settings, title="Tiny", version="1.2.3", routers=[router])
"""


class Served:
    """``padstone serve`` as a process, on a port of its own unless the options say otherwise.

    ``by`` is the command in place of it.
    """

    def __init__(
        self,
        folder: Path,
        *options: object,
        by: Sequence[str] = ("padstone", "serve"),
        **environment: str,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = ("--port", self.port) if "PORT" not in environment else ()
        self.process = WatchedProcess(
            [sys.executable, "-m", *by, *given, *options],
            folder,
            bare_environment(**{"ENVIRONMENT": "test", "LOG_LEVEL": "INFO", **environment}),
        )

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=30)

    def until_it_serves(self) -> None:
        until(lambda: self.get("/health/live").status_code == 200)

    def begun(self, name: str) -> int:
        """The process id of the worker that answers ``/until/{name}``, once one does."""
        return int(until((self.folder / f"{name}.begun").read_text))


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """The condition's answer, once it has one. An error is a no."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, httpx2.TransportError):
            if answer := condition():
                return answer
        time.sleep(0.02)
    raise AssertionError("it did not come true in time")


@pytest.fixture
def eventually() -> Callable[..., Any]:
    return until


@pytest.fixture
def folder(tiny: Any) -> Path:
    found: Path = tiny("Settings", files={"app/main.py": MAIN}).folder
    return found


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Served]]:
    """Starts the command in the system's folder, or in another ``at``."""
    started = []

    def start(*options: object, at: Path = folder, **environment: Any) -> Served:
        started.append(Served(at, *options, **environment))
        return started[-1]

    yield start
    for one in started:
        one.process.close()
