"""Whatever the README shows is run, and must print what stands there."""

import re
import shlex
from pathlib import Path

import pytest
from running import Command, Server
from server import FULL_KEY

README = Path(__file__).parents[1] / "README.md"


def sessions() -> list[tuple[str, str]]:
    """Every command of the README and what it prints, in order."""
    blocks = re.findall(r"^```console\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    found = []
    for block in blocks:
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = session.partition("\n")
            if command.startswith("accounts "):
                found.append((command, output.strip("\n")))
    return found


def without_chance(text: str) -> str:
    """``text`` without times and secrets, which differ from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", text)
    return re.sub(r"sk_(live|test)_\w{33}", r"sk_\1_…", text)


def test_the_readme_shows_what_is_printed(
    accounts: Command, server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts_cli.connection.DEFAULT_URL", server.url)
    shown = sessions()
    assert len(shown) > 10
    for command, output in shown:
        ran = accounts(*shlex.split(command)[1:], stdin=FULL_KEY)
        # A pipe is not asked; the prompt is the one line that only a terminal shows.
        expected = re.sub(r"^API key for .*\n", "", output)
        printed = (ran.out + ran.err, ran.err + ran.out)
        candidates = [
            without_chance(text.replace(server.url, "http://127.0.0.1:8000"))
            .replace(str(home), "/home/ada")
            .replace("Library/Application Support", ".config")
            .strip("\n")
            for text in printed
        ]
        assert without_chance(expected) in candidates, command
