"""What ``make test`` measures by is held to what coverage.py's own tracer says."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CI = Path(__file__).parents[1] / ".ci"

# Every statement that has more than one way on, each taken and not taken.
SAMPLE = '''\
"""A docstring."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

if len(__name__) > 1000:
    NEVER = 1
elif __name__ == "measured.sample":
    ONCE = 2
else:
    NEVER = 3


@contextlib.contextmanager
def opened(
    value: int = 1,
) -> Iterator[int]:
    """A docstring, and a name that a class would change."""
    yield value


class Thing:
    """A docstring."""

    kind: str = "thing"
    size: int

    @property
    @contextlib.contextmanager
    def __hidden(self) -> Iterator[None]:
        yield

    def enter(self) -> None:
        with self.__hidden, opened():
            pass


def forks(number: int) -> str:
    if number > 5:
        return "more"
    while number:
        number -= 1
        if number == 3:
            break
    else:
        return "all"
    for item in range(number):
        if item == 2:
            continue
        if item > 1:
            break
    for _ in ():
        print("never")
    while True:
        number += 1
        if number > 4:
            return str(
                number
            )


def tries(kind: type[Exception] | None) -> str:
    try:
        if kind is not None:
            raise kind
    except KeyError:
        return "key"
    except (ValueError, TypeError) as error:
        if isinstance(error, TypeError):
            return "type"
    except Exception:
        return "other"
    else:
        return "none"
    finally:
        if kind is KeyError:
            print("key")
    return "value"


def groups() -> None:
    try:
        raise ExceptionGroup("two", [KeyError(), ValueError()])
    except* KeyError:
        pass
    except* OSError:
        print("never")
    except* ValueError:
        pass


def matches(value: object) -> int:
    match value:
        case 1 | 2:
            return 1
        case str() if value:
            return 2
        case [one, *_]:
            value = one
        case {"never": _}:
            return 4
    return 0


def is_sure(value: object) -> bool:
    match value:
        case None:
            return False
        case _:
            return True


def one_line(value: int) -> int: return value if value else sum(n for n in range(3) if n)


async def asks() -> None:
    async with contextlib.nullcontext():
        pass
    async for _ in numbers():
        if _:
            break


async def numbers():
    for number in range(3):
        yield number
'''
MAIN = """\
import asyncio
import subprocess
import sys

from measured import sample

sample.Thing().enter()
for number in (0, 2, 4, 9):
    sample.forks(number)
for kind in (None, KeyError, ValueError):
    sample.tries(kind)
sample.groups()
for value in (1, "", [1]):
    sample.matches(value)
sample.is_sure(1)
sample.one_line(1)
asyncio.run(sample.asks())
if len(sys.argv) == 1:
    subprocess.run([sys.executable, "-m", "measured"], check=True)
"""
# What a child is started as, which nothing else imports.
CHILD = "import sys\n\nif sys.argv:\n    print(__name__)\nelse:\n    print()\n"
TRACER = "[run]\nbranch = true\nparallel = true\npatch = subprocess\nsource = measured\n"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is reported of the sample, by coverage's tracer and by the probes, and by them again
    from what they have kept.
    """
    spec = importlib.util.spec_from_file_location("ci_test", CI / "test.py")
    assert spec is not None
    assert spec.loader is not None
    ci_test = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ci_test)
    ci_test.place_probes()
    folder = tmp_path_factory.mktemp("measured")
    (folder / "measured").mkdir()
    for name, text in (("__init__", ""), ("sample", SAMPLE), ("__main__", CHILD)):
        (folder / "measured" / f"{name}.py").write_text(text)
    (folder / "main.py").write_text(MAIN)
    (folder / "tracer.ini").write_text(TRACER)
    probes = (CI / "measuring" / "coverage.ini").read_text()
    (folder / "probes.ini").write_text(f"{probes}source = measured\n")
    return [_report(folder, name) for name in ("tracer", "probes", "probes")]


def _report(folder: Path, name: str) -> dict[str, Any]:
    environment = {"PATH": os.environ["PATH"], "COVERAGE_FILE": f".coverage.{name}"}

    def coverage(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "coverage", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    config = f"--rcfile={name}.ini"
    coverage("run", config, "main.py")
    coverage("combine", config)
    coverage("json", config, "-o", f"{name}.json")
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found["files"]


def test_they_say_what_the_tracer_says(reports: list[dict[str, Any]]) -> None:
    traced, probed, _ = reports
    assert (
        set(traced)
        == set(probed)
        == {f"measured/{n}.py" for n in ("sample", "__main__")} | {"measured/__init__.py"}
    )
    for name, one in traced.items():
        for what in ("executed_lines", "missing_lines", "executed_branches", "missing_branches"):
            assert probed[name][what] == one[what], f"{name}: {what}"


def test_the_sample_has_ways_that_are_taken_and_not(reports: list[dict[str, Any]]) -> None:
    sample = reports[1]["measured/sample.py"]["summary"]
    assert sample["covered_branches"] > 20
    assert sample["missing_branches"] > 5


def test_what_was_kept_says_the_same(reports: list[dict[str, Any]]) -> None:
    assert reports[1] == reports[2]


def test_children_are_measured_too(reports: list[dict[str, Any]]) -> None:
    assert reports[1]["measured/__main__.py"]["executed_branches"] == [[3, 4]]
