"""The extras: what each brings, who may import it, and what is said where it is missing."""

import ast
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import padstone
from installed import HOUSE, PROJECT, distributions, hidden, providers, python
from padstone.extras import EXTRAS, MissingExtraError, extra, on_demand, require

SOURCE = Path(padstone.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))

# What is imported where its package is there by the nature of the case.
FITTING = {
    "cli/doctor/mail.py": "mail",
    "cli/worker/command.py": "uvloop, and asyncio's own loop where there is none",
    "testing/cleaning.py": "redis, where tests were given one",
    "testing/contract/openapi.py": "a check of the document, where its package is installed",
}


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def extras_of(module: str) -> list[str]:
    """The extras of the room that a module stands in."""
    return [
        name
        for name, one in EXTRAS.items()
        if any(module == room or module.startswith(f"{room}.") for room in one.rooms)
    ]


def third_party(file: Path) -> Iterator[str]:
    """The packages that ``file`` imports, but for what is imported for types alone."""
    waiting: list[ast.AST] = [ast.parse(file.read_text())]
    while waiting:
        node = waiting.pop()
        names: list[str | None] = []
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            top = (name or "").partition(".")[0]
            if top not in {*sys.stdlib_module_names, "padstone"}:
                yield top
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_what_a_room_imports_comes_with_the_package_or_with_its_extra(file: Path) -> None:
    allowed = distributions(*extras_of(module_of(file)))
    strange = {name for name in third_party(file) if not allowed & providers().get(name, set())}
    if str(file.relative_to(SOURCE)) not in FITTING:
        assert strange == set(), f"name the room in EXTRAS, or the package in {PROJECT['name']}'s"


def test_the_table_is_that_of_the_project() -> None:
    optional = PROJECT["optional-dependencies"]
    assert set(optional) == {*EXTRAS, "all"}
    [everything] = optional["all"]
    deployed = ",".join(sorted(set(EXTRAS) - {"dev", "test"}))
    assert everything == f"padstone[{deployed}]"
    for name, one in EXTRAS.items():
        for room in one.rooms:
            path = SOURCE / room.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").is_file()
        assert set(one.modules) & set(hidden()), f"{name} brings what comes anyway"
        assert set(one.modules) & set(hidden(name)) == set(), f"{name} brings what it says"


IMPORT = """
import importlib, os

base, rooms = json.loads(sys.argv[1]), json.loads(sys.argv[2])
for module in base:
    importlib.import_module(module)

def import_all(modules):
    try:
        for module in modules:
            importlib.import_module(module)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

for name, (modules, more) in rooms.items():
    sys.stdout.flush()
    if os.fork() == 0:
        hidden = set(more)
        print(json.dumps([name, import_all(modules)]))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""


def test_every_room_can_be_imported_with_the_package_and_its_own_extras_alone() -> None:
    modules = [f"padstone.{module_of(file)}" for file in FILES if file.stem != "__main__"]
    modules = [module.removesuffix(".") for module in modules]
    extras = {module: extras_of(module.partition(".")[2]) for module in modules}
    base = [module for module in modules if not extras[module]]
    rooms = {
        "+".join(names): ([one for one in modules if extras[one] == names], hidden(*names))
        for names in extras.values()
        if names
    }
    said = python(IMPORT, json.dumps(base), json.dumps(rooms), without=hidden())
    outcomes = dict(json.loads(line) for line in said.splitlines())
    assert outcomes == dict.fromkeys(rooms)


USE = """
import os
import padstone.app, padstone.cli.dev.command
from padstone.errors import PadstoneError
from padstone.extras import MissingExtraError

for name, code in json.loads(sys.argv[1]).items():
    sys.stdout.flush()
    if os.fork() == 0:
        try:
            exec(code)
        except MissingExtraError as error:
            assert isinstance(error, ImportError) and isinstance(error, PadstoneError)
            print(json.dumps([name, error.extra, error.detail]))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""
SYSTEM = """
from padstone import create_app, settings as groups

class Settings(groups.{group}):
    "A system's."

create_app(Settings({values}), title="x", version="1", routers=[])
"""
USES = {
    "redis": ["import padstone.redis", "from padstone.cache import Cache"],
    "s3": [
        (
            "from padstone import settings\nfrom padstone.storage import clients\n"
            "clients.make_clients(settings.StorageSettings())"
        )
    ],
    "jobs": ["from padstone.jobs import Jobs\nJobs()"],
    "mail": [
        "from padstone.mail import Mailer",
        "from padstone.settings import MailSettings\nMailSettings(MAIL_FROM='a@example.com')",
    ],
    "users": ["from padstone.auth.users import user_routes"],
    "encryption": [
        (
            "from padstone.crypto import KeyRing\nfrom padstone.settings import EncryptionKey\n"
            "KeyRing([EncryptionKey('one', bytes(32))])"
        )
    ],
    "files": ["from padstone.files import Files"],
    "documents": [
        (
            "import asyncio\nfrom padstone.documents import DocumentKind, read_document\n"
            "asyncio.run(read_document(b'', DocumentKind.PDF))"
        )
    ],
    "outbound": ["import padstone.outbound"],
    "llm": ["import padstone.providers", "import padstone.metering"],
    "dev": ["os.environ['ENVIRONMENT'] = ''\nfrom padstone.cli.dev.command import dev\ndev()"],
}
GROUPS = {
    "redis": "RedisSettings",
    "s3": "StorageSettings",
    "jobs": "JobSettings",
    "encryption": "EncryptionSettings",
    "outbound": "OutboundSettings",
    "llm": "ProviderSettings",
}


def test_whoever_asks_for_what_is_missing_is_told_what_to_install() -> None:
    code = {f"{name} {n}": one for name, uses in USES.items() for n, one in enumerate(uses)}
    code |= {f"{name} app": SYSTEM.format(group=one, values="") for name, one in GROUPS.items()}
    said = python(USE, json.dumps(code), without=hidden())
    found = [json.loads(line) for line in said.splitlines()]
    assert {use: name for use, name, _ in found} == {use: use.partition(" ")[0] for use in code}
    for use, name, detail in found:
        assert detail.startswith(EXTRAS[name].feature), use
        assert f"uv add 'padstone[{name}]'" in detail
        assert f"pip install 'padstone[{name}]'" in detail


def test_a_package_that_is_missing_of_a_package_is_no_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError, match="no such thing") as raised, extra("redis"):
        raise ModuleNotFoundError("no such thing", name="padstone.nowhere")
    assert not isinstance(raised.value, MissingExtraError)


def test_the_outermost_extra_that_brings_it_is_named() -> None:
    with pytest.raises(MissingExtraError, match=r"padstone\[users\]"), extra("users"):
        raise MissingExtraError("mail", "aiosmtplib")
    with pytest.raises(MissingExtraError, match=r"padstone\[redis\]"), extra("users"):
        raise MissingExtraError("redis", "redis")
    with pytest.raises(MissingExtraError, match=r"padstone\[redis\]"), extra("users"):
        raise ModuleNotFoundError(name="redis.asyncio")


def test_what_is_there_is_not_missed() -> None:
    for name in EXTRAS:
        require(name)


def test_a_name_that_is_not_offered_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"'padstone.room' has no attribute 'Thing'"):
        on_demand("padstone.room", "users", {})("Thing")


POSIX = ["fcntl", "grp", "pty", "pwd", "resource", "termios", "uvloop"]


def test_an_application_is_made_without_what_windows_lacks() -> None:
    code = """
from padstone import create_app, settings as groups

class Settings(groups.DatabaseSettings, groups.UserSettings, groups.MailSettings):
    "A system's."

import padstone.auth.users, padstone.documents, padstone.files, padstone.resource, padstone.storage
create_app(Settings(), title="x", version="1", routers=[])
print("made")
"""
    assert python(code, without=POSIX) == "made\n"


def test_the_systems_name_the_extras_of_the_rooms_they_use() -> None:
    for project in HOUSE.glob("systems/*/pyproject.toml"):
        [own] = [
            one
            for one in tomllib.loads(project.read_text())["project"]["dependencies"]
            if one.startswith("padstone")
        ]
        brought = distributions(*own.partition("[")[2].rstrip("]").split(","))
        imported = {
            name
            for file in (project.parent / "app").rglob("*.py")
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("padstone.")
            for name in extras_of((node.module or "").removeprefix("padstone."))
        }
        for name in imported:
            assert distributions(name) <= brought, f"{project.parent.name} uses {name}"


PYTEST = """
import sys, pytest
sys.exit(pytest.main(["-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def test_pytest_runs_where_the_package_is_and_its_extra_is_not(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_it(): pass\n")
    own = ("asgi_lifespan", "httpx2", "pytest_asyncio")
    said = python(PYTEST, str(tmp_path / "test_own.py"), without=own, cwd=tmp_path)
    assert "1 passed" in said
    assert "The pytest plugin: the extra 'test' is not installed" in said
