"""C10: the documentation's examples are run, in their order, against the real server."""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from callers import MakeCaller

from padstone.errors import PadstoneError
from padstone.testing.servers import ServerProcess

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
_PART = re.compile(r"^```(sh|json)\n(.*?)^```$|^<!-- (.*?) -->$", re.MULTILINE | re.DOTALL)


def _parts() -> Iterator[tuple[str, str]]:
    for found in _PART.finditer(GUIDE.read_text()):
        yield (found[1], found[2]) if found[1] else ("variables", found[3])


def _shape(value: Any) -> Any:
    """What a documented answer promises: its fields and their kinds."""
    if isinstance(value, dict):
        return {name: _shape(item) for name, item in value.items()}
    return type(value).__name__


def _run(script: str, folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-eu"],
        input=script,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    return done.stdout


@pytest.mark.committed
async def test_c10_the_examples_work(
    server: Callable[..., Awaitable[list[ServerProcess]]], make_caller: MakeCaller, tmp_path: Path
) -> None:
    [one] = await server()
    caller = await make_caller(email="someone@example.com")
    variables = {"URL": one.url, "KEY": caller.secret}
    output, scripts = "", 0
    for kind, text in _parts():
        if kind == "sh":
            output = await asyncio.to_thread(_run, text, tmp_path, variables)
            scripts += 1
            is_refusal = '"status":401' in output
            assert ("problem-type" in output) == is_refusal, f"{text}\n{output}"
        elif kind == "json":
            assert _shape(json.loads(output)) == _shape(json.loads(text))
        else:
            for assignment in text.split():
                name, _, path = assignment.partition("=")
                # The last answer of the block, where it shows several.
                value: Any = json.loads("{" + output.rpartition("}{")[2].removeprefix("{"))
                for field in path.split("."):
                    value = value[field]
                variables[name] = value
    assert scripts > 8


def test_every_error_code_of_the_system_is_documented() -> None:
    import_module("app.main")

    def below(error: type[PadstoneError]) -> set[type[PadstoneError]]:
        return {error}.union(*map(below, error.__subclasses__()))

    own = {error for error in below(PadstoneError) if error.__module__.startswith("app.")}
    assert {error.code for error in own} == {"object_not_uploaded", "object_quota_reached"}
    assert all(f"`{error.code}`" in GUIDE.read_text() for error in own)
