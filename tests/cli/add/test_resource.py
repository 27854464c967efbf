"""What is refused, what is written, and what is left to a person."""

import ast
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from padstone.cli.add.grammar import parse_all
from padstone.cli.add.naming import name_of
from padstone.cli.add.project import Owner, Project
from padstone.cli.add.resource import add_resource, planned
from padstone.cli.failures import UsageError

ITEM = name_of("item", None)
FIELDS = parse_all(["title:str", "note:references", "status:enum=draft,done"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "app/models/__init__.py": "from app.models.base import Base\n\n__all__ = ['Base']\n",
        "app/api/v1/router.py": "from app.api.v1.a import a\n\napi_router.include_router(a)\n",
        "tests/world.py": "class World(Contract):\n    pass\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return Project(
        folder=tmp_path,
        owner=Owner("users", "user_id"),
        tables=frozenset({"users", "notes"}),
        targets=MappingProxyType({"note": "notes"}),
        scopes=MappingProxyType({"read": "READ"}),
        routes="app/api/v1",
        router="app/api/v1/router.py",
        prefix="/api/v1",
    )


def test_rows_are_their_owners_unless_somebody_says_otherwise(project: Project) -> None:
    own = planned(ITEM, FIELDS, project, public=False)
    declaration = own.new["app/api/v1/items.py"]
    assert 'owner="user_id"' in declaration
    assert "Guards(read=[Scope.READ], write=[])" in declaration
    assert set(own.edits) == {"app/models/__init__.py", "app/api/v1/router.py"}
    assert own.left == []
    public = planned(ITEM, FIELDS, project, public=True)
    assert "Guards(read=PUBLIC, write=[])" in public.new["app/api/v1/items.py"]
    assert "user_id" not in "".join(public.new.values())
    assert "item_id" in public.edits["tests/world.py"]


def test_every_file_is_python_that_imports_what_it_uses(project: Project) -> None:
    for text in planned(ITEM, FIELDS, project, public=False).new.values():
        tree = ast.parse(text)
        assert ast.get_docstring(tree)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        made = {
            alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom | ast.Import)
            for alias in node.names
        }
        assert made - used - {"httpx2"} == set()


def test_what_cannot_be_edited_is_told(project: Project) -> None:
    (project.folder / project.router).write_text("router = make()\n")
    [left] = planned(ITEM, FIELDS, project, public=False).left
    assert left == (
        "app/api/v1/router.py: from app.api.v1.items import items, and "
        "api_router.include_router(items.router)"
    )


def test_nobody_can_own_rows_where_nobody_signs_in(project: Project) -> None:
    nobody = replace(project, owner=None)
    with pytest.raises(UsageError, match="--public"):
        planned(ITEM, FIELDS, nobody, public=False)
    assert planned(ITEM, FIELDS, nobody, public=True).new


def test_nothing_is_overwritten(project: Project) -> None:
    (project.folder / "app/models/item.py").write_text("mine")
    with pytest.raises(UsageError, match=r"There is app/models/item\.py already\. Nothing was"):
        planned(ITEM, FIELDS, project, public=False)
    with pytest.raises(UsageError, match="a table notes already"):
        planned(name_of("note", None), FIELDS, project, public=False)


def test_where_no_migration_can_be_written_nothing_is(project: Project) -> None:
    def write(folder: Path, message: str) -> str:
        assert (folder / "app/models/item.py").exists()
        raise ZeroDivisionError(message)

    before = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    plan = planned(ITEM, FIELDS, project, public=False)
    with pytest.raises(ZeroDivisionError, match="items"):
        add_resource(plan, ITEM, project, nullcontext(write))
    after = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    assert after == before


def test_what_cannot_be_pointed_to_is_refused_with_what_can(project: Project) -> None:
    for wrong in ("book", "author"):
        with pytest.raises(UsageError, match="There are: note:references"):
            planned(ITEM, parse_all([f"{wrong}:references"]), project, public=False)
    with pytest.raises(UsageError, match="user_id: is whose a row is"):
        planned(ITEM, parse_all(["user:references"]), project, public=False)
