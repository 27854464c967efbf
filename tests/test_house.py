"""The rules of this house, as tests. A rule without one decays."""

import ast
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import padstone
from padstone.errors import PadstoneError

HOUSE = Path(padstone.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
MODULES = sorted(found.name for found in pkgutil.walk_packages(padstone.__path__, "padstone."))
ROOMS = sorted(name for name in MODULES if name.count(".") == 1 and "__main__" not in name)

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40

# What is longer, and why that is better than a cut.
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {
    "app/create.py:create_app": "its parameters are all that a system says, in one place",
    "cli/keys.py:create": "its parameters are its manual, and each has its sentence",
    "resource/resource.py:__init__": "its parameters are the declaration, in one place",
    "credits/journal.py:move": "one SQL statement, in the order in which PostgreSQL runs it",
}


def relative(file: Path) -> str:
    return str(file.relative_to(HOUSE))


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Each function, and how many lines it has besides its docstring."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                prose = node.body[0]
                length -= (prose.end_lineno or 0) - prose.lineno + 1
            yield f"{relative(file)}:{node.name}", length


def test_no_file_is_long() -> None:
    long = {relative(file) for file in FILES if file.read_text().count("\n") > MOST_LINES}
    assert long == set(LONGER_FILES), "beside what is long for a reason"


def test_no_function_is_long() -> None:
    long = {
        name
        for file in FILES
        for name, length in functions(file)
        if length > MOST_LINES_OF_A_FUNCTION
    }
    assert long == set(LONGER_FUNCTIONS), "beside what is long for a reason"


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}
    assert [relative(file) for file in FILES if {file.stem, file.parent.name} & drawers] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    mine = Path(__file__)
    tests = [file for file in mine.parent.rglob("*.py") if file != mine]
    assert [str(file) for file in (*FILES, *tests) if later.search(file.read_text())] == []


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_each_module_says_what_it_is_for(file: Path) -> None:
    prose = ast.get_docstring(ast.parse(file.read_text()))
    assert prose
    assert prose.partition("\n")[0].endswith((".", ":", "?")), "one line that is a sentence"


def kind_and_name(name: str) -> tuple[int, list[str]]:
    # Constants, classes, the rest, with numbers by their size: the order in which ruff wants them.
    parts = [part.rjust(9) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, parts)


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_offers_is_there_and_in_order(name: str) -> None:
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", [])
    assert list(offered) == sorted(set(offered), key=kind_and_name)
    assert [one for one in offered if not hasattr(module, one)] == []


def test_the_package_offers_what_it_says() -> None:
    assert padstone.__all__ == sorted(padstone.__all__, key=kind_and_name)
    for name in padstone.__all__:
        assert getattr(padstone, name).__name__ == name
    assert re.fullmatch(r"\d+\.\d+\.\d+", padstone.__version__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = padstone.nothing


def described(value: Any) -> bool:
    """Whether a class or a function says what it is for. An error's ``detail`` says so too."""
    if inspect.isclass(value) and issubclass(value, PadstoneError) and "detail" in vars(value):
        return True
    return bool(vars(value).get("__doc__") if inspect.isclass(value) else inspect.getdoc(value))


def described_data(room: ModuleType) -> set[str]:
    """The variables of a room that have a docstring below them or a comment above."""
    folder = Path(room.__file__ or "")
    files = folder.parent.rglob("*.py") if folder.name == "__init__.py" else [folder]
    found: set[str] = set()
    for file in files:
        text = file.read_text()
        lines, body = text.splitlines(), ast.parse(text).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            has_prose = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if has_prose or lines[node.lineno - 2].startswith("#"):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("name", ROOMS)
def test_each_public_name_is_documented(name: str) -> None:
    room = importlib.import_module(name)
    public = {one: getattr(room, one) for one in getattr(room, "__all__", [])}
    silent = {
        one
        for one, value in public.items()
        if (inspect.isclass(value) or inspect.isroutine(value)) and not described(value)
    }
    data = {
        one
        for one, value in public.items()
        if not (inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value))
    }
    assert silent | (data - described_data(room)) == set()


WATCH = """
import importlib, json, sys, threading

seen, module = [], None
WATCHED = "socket.", "subprocess.", "os.fork", "os.exec", "os.spawn", "os.posix_spawn", "os.system"
start = threading._start_new_thread

def watch(event, _arguments):
    if event.startswith(WATCHED):
        seen.append([module, event])

def start_and_tell(*arguments, **options):
    seen.append([module, "thread.start"])
    return start(*arguments, **options)

sys.addaudithook(watch)
threading._start_new_thread = start_and_tell
for module in json.loads(sys.argv[1]):
    importlib.import_module(module)
module = "the watch itself"
import socket, subprocess
socket.socket().close()
threading.Thread(target=int).start()
subprocess.run([sys.executable, "-c", ""])
print(json.dumps(seen))
"""


def python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def test_importing_opens_no_socket_and_starts_nothing() -> None:
    # A module's body runs once, so one process tells of all; the last three prove that it listens.
    names = [name for name in MODULES if not name.endswith("__main__")]
    seen = json.loads(python("-c", WATCH, json.dumps(names)))
    assert [entry for entry in seen if entry[0] != "the watch itself"] == []
    events = {event.partition(".")[0] for _, event in seen}
    assert {"socket", "thread", "subprocess"} <= events


HEAVY = {"alembic", "asyncpg", "boto3", "fastapi", "httpx2", "pydantic", "sqlalchemy", "starlette"}


@pytest.mark.parametrize(
    "name",
    [
        "padstone",
        "padstone.__main__",
        "padstone.cli",
        "padstone.devservices",
        "padstone.testing.plugin",
        "padstone.testing.service_fixtures",
        "padstone.testing.system_fixtures",
    ],
)
def test_what_must_be_quick_imports_nothing_heavy(name: str) -> None:
    code = f"import sys, {name}; print(*sys.modules)"
    loaded = {module.partition(".")[0] for module in python("-c", code).split()}
    assert loaded & HEAVY == set()
