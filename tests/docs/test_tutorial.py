"""Every block of the tutorial is carried out, in the order in which it is printed.

What goes on, such as `make dev`, keeps its terminal, and the rest is typed into another one.
In place of what a reader installs there are this checkout's packages, and in place of the addresses
in the settings for production those of the tests' services.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from guided import page
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.servers import free_port
from padstone.testing.services import TestServices

PRINTED = "http://127.0.0.1:8000"
BLOCK = re.compile(
    r"^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# What goes on until it is interrupted, and what it says once it is ready.
GO_ON = {
    "make dev": "Ctrl-C stops everything.",
    "padstone serve": "Application startup complete",
    "padstone worker": "working",
}
SECONDS = 60


class Shell:
    """One shell, as a reader has it, that says how each command ended."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["/bin/bash", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{command} </dev/null\necho; echo '<<end>>'\n")
        self._process.stdin.flush()
        lines = []
        for line in self._process.stdout:
            if line == "<<end>>\n":
                break
            lines.append(line)
        return "".join(lines).rstrip("\n") + "\n"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Reader:
    """Somebody who does what the page says."""

    def __init__(self, folder: Path, services: TestServices, database: str) -> None:
        tools = folder / "tools"
        tools.mkdir()
        (tools / "padstone").symlink_to(Path(sys.executable).with_name("padstone"))
        (tools / "uv").symlink_to("/bin/false")  # nothing is installed, and nothing locked
        self.given = {"MAIL_URL": services.mailbox.mail_url, "DATABASE_URL": database}
        self.environment = bare_environment(NO_COLOR="1", COLUMNS="100", TERM="dumb")
        self.environment["PATH"] = f"{tools}:{os.environ['PATH']}"
        self.environment |= {"PORT": str(free_port()), "XDG_RUNTIME_DIR": str(folder)}
        self.terminals = [Shell(folder, self.environment)]
        self.folder = folder
        self.project = folder / "notebook"
        self.going_on: list[WatchedProcess] = []
        self.address = PRINTED

    def does(self, block: re.Match[str]) -> None:
        kind, file, text = block["kind"], block["file"], block["text"]
        if kind == "console":
            for command, shown in re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)", text):
                self.types(command, shown)
        elif kind == "diff":
            self.changes(self.project / file, text)
        elif kind in {"python", "ini"}:
            (self.project / file).write_text(self.ours(text))
        else:
            assert kind == "text" or "not executed" in block.string[: block.start()][-200:]

    def types(self, command: str, shown: str) -> None:
        if command in GO_ON:
            said = self.starts(command)
        else:
            said = self.terminals[-1].run(command.replace(PRINTED, self.address))
            deadline = time.monotonic() + SECONDS
            while command.startswith("curl") and not matches(said, shown):
                # The server restarts by itself, as the page says.
                assert time.monotonic() < deadline, f"$ {command}\n{said}"
                said = self.terminals[-1].run(command.replace(PRINTED, self.address))
        assert matches(said.replace(self.address, PRINTED), shown), f"$ {command}\n{said}"
        if command.startswith("padstone new"):
            self.has_installed()

    def starts(self, command: str) -> str:
        if command == "padstone serve":
            self.ends()
        settings = {}
        if (self.project / "production.env").is_file():
            lines = (self.project / "production.env").read_text().splitlines()
            settings = dict(line.split("=", 1) for line in lines)
            self.address = f"http://127.0.0.1:{self.environment['PORT']}"
        process = WatchedProcess(command.split(), self.project, {**self.environment, **settings})
        self.going_on.append(process)
        self.terminals.append(Shell(self.folder, self.environment))
        said = process.until(GO_ON[command])
        if command == "make dev":
            self.address = re.findall(r"http://127\.0\.0\.1:\d+(?=/docs)", said)[0]
        return said

    def has_installed(self) -> None:
        """As `make` finds it after it has installed everything."""
        (self.project / ".venv").mkdir()
        (self.project / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        (self.project / ".venv" / ".synced").touch()

    def changes(self, file: Path, text: str) -> None:
        lines = text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert file.read_text().count(before) == 1, f"{file.name} does not have\n{before}"
        file.write_text(file.read_text().replace(before, after))

    def ours(self, text: str) -> str:
        for name, value in self.given.items():
            text = re.sub(rf"(?m)^{name}=.*$", lambda _: f"{name}={value}", text)  # noqa: B023
        return text

    def ends(self) -> None:
        for process in self.going_on:
            process.interrupt()
        while self.going_on:
            self.going_on[-1].ended(within=20)
            self.going_on.pop().close()


def matches(said: str, shown: str) -> bool:
    """Whether lines are as shown, in this order; `…` stands for anything, alone for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(rf"{pattern}\s*", said) is not None


@pytest.fixture
def reader(
    tmp_path: Path, embedded: None, test_services: TestServices, blank_database: str
) -> Iterator[Reader]:
    one = Reader(tmp_path, test_services, blank_database)
    yield one
    for process in one.going_on:
        process.close()
    for terminal in one.terminals:
        terminal.close()
    subprocess.run(
        [sys.executable, "-m", "padstone", "services", "stop"],
        cwd=one.project,
        env=one.environment,
        check=False,
        capture_output=True,
    )


def test_every_block_is_carried_out(reader: Reader) -> None:
    blocks = list(BLOCK.finditer(page("tutorial.md")))
    assert len(blocks) > 20
    for block in blocks:
        reader.does(block)
    reader.ends()


def test_an_output_is_compared() -> None:
    assert matches("a\nb\nc 12 d\n", "…\nc … d\n")
    assert not matches("a\nb\nc 12 d\n", "…\nc … e\n")
    assert not matches("a\nb\n", "a\n")
