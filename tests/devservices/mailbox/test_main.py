"""The mailbox as a process."""

import json
import os
import signal
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from padstone.testing.processes import bare_environment


class Process:
    """One run of it on a folder."""

    def __init__(self, folder: Path, *options: str, ports: tuple[int, int] = (0, 0)) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "padstone.devservices.mailbox", str(folder)),
                *(*map(str, ports), *options),
            ],
            env=bare_environment(MAILBOX_PASSWORD="right", MAILBOX_KEY="key"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = json.loads(self.process.stdout.readline())
        self.ports = (said["smtp"], said["page"])

    def connect(self) -> smtplib.SMTP:
        connection = smtplib.SMTP("127.0.0.1", self.ports[0], timeout=30)
        connection.login("shop", "right")
        return connection

    def mails(self) -> list[dict[str, Any]]:
        url = f"http://127.0.0.1:{self.ports[1]}/key/api/mails"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return list(json.load(answer))

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        _, self.errors = self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    started: list[Process] = []

    def start(*options: str, **ports: Any) -> Process:
        started.append(Process(tmp_path / "mails", *options, **ports))
        return started[-1]

    yield start
    for one in started:
        if one.process.returncode is None:
            one.end(signal.SIGKILL)


def test_what_was_taken_survives_a_kill(run: Any) -> None:
    first = run()
    with first.connect() as connection:
        for number in range(20):
            text = f"Subject: {number}\r\n\r\n"
            connection.sendmail("me@example.com", ["ann@example.com"], text)
        # The last one is not finished when the end comes.
        connection.docmd("MAIL FROM:<me@example.com>")
        connection.docmd("RCPT TO:<ann@example.com>")
        connection.docmd("DATA")
        connection.send("Subject: unfinished\r\n")
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        connection.close()
    again = run(ports=first.ports)
    assert again.ports == first.ports
    assert [mail["subject"] for mail in again.mails()] == [f"{n}" for n in reversed(range(20))]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_asked(run: Any, number: signal.Signals) -> None:
    process = run()
    with process.connect() as connection:
        assert process.end(number) == 0
        connection.close()
    assert process.errors == "", "and has nothing to complain about"


def test_it_ends_with_its_input_where_that_is_asked_for(run: Any) -> None:
    process = run("--until-input-ends").process
    process.stdin.write("anything")
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_an_input_that_ends_does_not_matter_otherwise(run: Any) -> None:
    process = run()
    process.process.stdin.close()
    process.process.stdin = None
    assert process.mails() == []
    assert process.end(signal.SIGTERM) == 0


def test_other_machines_cannot_reach_it(run: Any) -> None:
    process = run()
    said = subprocess.run(
        ["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True, check=False
    ).stdout
    if not said:
        pytest.skip("this system does not show its sockets like this")
    for port in process.ports:
        listening = [line.split()[1] for line in said.splitlines() if f":{port:04X} " in line]
        assert {address for address in listening if address.endswith(f":{port:04X}")} == {
            f"0100007F:{port:04X}"
        }


def test_a_missing_secret_is_a_failure(tmp_path: Path) -> None:
    environment = {**bare_environment(MAILBOX_KEY="key"), "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "padstone.devservices.mailbox", tmp_path, "0", "0"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "MAILBOX_PASSWORD" in done.stderr
