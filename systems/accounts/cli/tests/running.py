"""The command, in this process or in one of its own, and the server that it talks to."""

import io
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from accounts_cli.__main__ import main

SERVER = Path(__file__).with_name("server.py")


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Server:
    """The server of the tests, and what a test tells it."""

    def __init__(self, process: subprocess.Popen[str], scheme: str = "http") -> None:
        assert process.stdout is not None
        self.process = process
        self.port = int(process.stdout.readline())
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def answer(self, status: int = 200, body: Any = "", **more: Any) -> None:
        """What it answers next, once, whatever it is asked."""
        headers = {"content-type": "application/json", **more.pop("headers", {})}
        self.tell("answer", {"status": status, "body": body, "headers": headers, **more})

    @property
    def seen(self) -> list[dict[str, Any]]:
        return self.tell("look")["seen"]

    @property
    def keys(self) -> list[dict[str, Any]]:
        return self.tell("look")["keys"]

    def tell(self, word: str, body: Any = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.url}/_test/{word}"
        with urllib.request.urlopen(url, data=data, timeout=10) as told:  # noqa: S310
            answer: dict[str, Any] = json.load(told)
        return answer


def start_server(*args: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SERVER), *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


class Command:
    """Runs ``accounts`` in this process, where that is the same and quicker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *args: str, stdin: str = "") -> Ran:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        status = main(args)
        captured = self._capsys.readouterr()
        return Ran(status, captured.out, captured.err)


def command_line(*args: str) -> list[str]:
    return [sys.executable, "-m", "accounts_cli", *args]


def run_process(*args: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Runs ``accounts`` as a process, with the environment that ``home`` has set."""
    done = subprocess.run(
        command_line(*args),
        input=stdin if stdin is not None else "",
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
