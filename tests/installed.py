"""What belongs to the package and to each of its extras, and processes that have no more."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

HOUSE = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]

# Hides modules as if they were not installed, and runs what follows.
HIDE = """
import json, subprocess, sys

class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            return None
        return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)

hidden = set(json.loads(sys.argv.pop(1)))
sys.meta_path[:] = map(Without, sys.meta_path)
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def distributions(*extras: str) -> frozenset[str]:
    """What comes with the package and these extras, by the project's file."""
    wanted = [("padstone", frozenset(extras))]
    found = set(wanted)
    while wanted:
        more = set(_required(*wanted.pop())) - found
        found |= more
        wanted += more
    return frozenset(name for name, _ in found)


def _required(name: str, extras: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for requirement in map(Requirement, _lines(name, extras)):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            yield canonical(requirement.name), frozenset(requirement.extras)


def _lines(name: str, extras: Iterable[str]) -> list[str]:
    if name == "padstone":  # by the file, since what is installed may be older
        optional = PROJECT["optional-dependencies"]
        return [*PROJECT["dependencies"], *(line for extra in extras for line in optional[extra])]
    try:
        return requires(name) or []
    except PackageNotFoundError:  # for another platform
        return []


@cache
def providers() -> dict[str, frozenset[str]]:
    """Which distributions bring a module; finding out takes half a second."""
    found = packages_distributions().items()
    return {module: frozenset(map(canonical, names)) for module, names in found}


def hidden(*extras: str) -> list[str]:
    """The installed modules that do not come with these extras."""
    ours = {*distributions(*extras), "padstone"}
    return sorted(module for module, names in providers().items() if not ours & names)


def python(code: str, *arguments: str, without: Iterable[str], **options: object) -> str:
    """What a process prints that cannot import the modules ``without``."""
    command = [sys.executable, "-c", HIDE + code, json.dumps(sorted(without)), *arguments]
    done = subprocess.run(  # type: ignore[call-overload]
        command, capture_output=True, text=True, timeout=120, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)
