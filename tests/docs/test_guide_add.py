"""The guide's command writes what it says, in as few lines as it says."""

import ast
import io
import re
import shlex
import tokenize
from pathlib import Path
from types import MappingProxyType

import pytest

from padstone.cli.add.files import files_of
from padstone.cli.add.grammar import MODIFIERS, parse_all
from padstone.cli.add.kinds import KINDS
from padstone.cli.add.naming import name_of
from padstone.cli.add.project import Owner, Project
from padstone.cli.add.writing import formatted, written

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "add.md").read_text()
COMMANDS = [shlex.split(line) for line in re.findall(r"(?m)^\$ padstone add resource (.+)$", GUIDE)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(
        folder=tmp_path,
        owner=Owner("users", "user_id"),
        tables=frozenset(),
        targets=MappingProxyType({"note": "notes"}),
        scopes=MappingProxyType({"read": "READ", "write": "WRITE"}),
        routes="app/api/v1",
        router="app/api/v1/router.py",
        prefix="/api/v1",
    )


def code_lines(source: str) -> int:
    """Lines with code, without docstrings."""
    shown: set[int] = set()
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in {*nothing, tokenize.ENDMARKER}:
            shown |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            prose = node.body[0]
            shown -= set(range(prose.lineno, (prose.end_lineno or 0) + 1))
    return len(shown)


def test_a_resource_has_as_many_lines_as_the_guide_says(project: Project) -> None:
    name, *fields = COMMANDS[0]
    made = files_of(name_of(name, None), parse_all(fields), project)
    with written(project.folder, made):
        formatted(project.folder, [*made])
    lines = {path: code_lines((project.folder / path).read_text()) for path in made}
    tables = lines["app/models/item.py"] + lines["app/schemas/item.py"]
    routes, tests = lines["app/api/v1/items.py"], lines["tests/test_items.py"]
    known = 4  # an import in two files, a name in a list, a router that is included
    total = tables + routes + known + tests
    assert f"| here, in files | {tables} | {routes} | {known} | {tests} | {total} |" in GUIDE
    shown = re.findall(r"(?m)^made +(\S+)$", GUIDE)
    assert [path for path in shown if "alembic" not in path] == list(made)


def test_each_command_that_is_shown_is_one(project: Project) -> None:
    for name, *fields in COMMANDS:
        assert files_of(name_of(name, None), parse_all(fields), project)


def test_every_type_and_modifier_is_in_its_table() -> None:
    first = re.findall(r"(?m)^\| (`\w.*?) \|", GUIDE)
    said = {re.split(r"[=`]", cell)[1] for cell in first}
    assert said == {*KINDS, *(modifier.partition("=")[0] for modifier in MODIFIERS)}
