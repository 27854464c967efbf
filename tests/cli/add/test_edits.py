"""Edits are made where the place is recognised, and nowhere else."""

import ast
from pathlib import Path

import pytest

from padstone.cli.add.edits import with_model, with_route, with_shared

ROOT = Path(__file__).resolve().parents[3]
PROJECTS = sorted(path.parents[1] for path in ROOT.glob("*/*/app/models/__init__.py"))
PROJECTS = [folder.parent if folder.name == "app" else folder for folder in PROJECTS]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda folder: folder.name)
def test_a_model_and_a_route_find_their_places_in_every_system(project: Path) -> None:
    models = (project / "app/models/__init__.py").read_text()
    edited = with_model(models, "Kettle", "app.models.kettle")
    assert edited is not None
    assert "from app.models.kettle import Kettle\n" in edited
    names = ast.literal_eval(edited.partition("__all__ = ")[2])
    assert "Kettle" in names
    assert len(names) == len(set(names))
    routers = (project / f"app/api/v1/{name}.py" for name in ("router", "api"))
    router = next(one for one in routers if one.exists()).read_text()
    routed = with_route(router, "kettles", "app.api.v1.kettles")
    assert routed is not None
    assert "from app.api.v1.kettles import kettles\n" in routed
    assert routed.splitlines()[-1].startswith("api_router.include_router(kettles.router")


def test_a_route_depends_on_what_the_last_one_depends_on() -> None:
    router = (
        "from app.api.v1 import a\n\napi_router.include_router(a.router, dependencies=[LIMIT])\n"
    )
    assert with_route(router, "items", "app.api.v1.items") == (
        "from app.api.v1 import a\nfrom app.api.v1.items import items\n\n"
        "api_router.include_router(a.router, dependencies=[LIMIT])\n"
        "api_router.include_router(items.router, dependencies=[LIMIT])\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "from app.models.base import Base\n",
        "from app.models.base import Base\n\n__all__ = ['Base', *MORE]\n",
        "import app.models.base\n\n__all__ = []\n",
    ],
)
def test_models_that_are_listed_otherwise_are_left_alone(text: str) -> None:
    assert with_model(text, "Item", "app.models.item") is None


@pytest.mark.parametrize(
    "text",
    [
        "from app.api.v1 import a\nrouter.include_router(a.router)\n",
        "from app.api.v1 import a, items\napi_router.include_router(a.router)\n",
        "import app\napi_router.include_router(app.router)\n",
    ],
)
def test_routers_that_are_put_together_otherwise_are_left_alone(text: str) -> None:
    assert with_route(text, "items", "app.api.v1.items") is None


WORLD = '''"""é"""

from padstone.testing.contract import World as Contract


class World(Contract):
    """What only this system knows."""
{}'''


def values(text: str | None) -> dict[str, frozenset[str]]:
    assert text is not None
    [world] = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    found = {}
    for node in world.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            found[ast.unparse(node.targets[0])] = frozenset(ast.literal_eval(node.value.args[0]))
    return found


@pytest.mark.parametrize(
    "present", ["", '\n    open = frozenset({"b"})\n', '\n    shared = frozenset({"b"})\n']
)
def test_rows_that_are_everybodys_are_known_to_the_tests(present: str) -> None:
    edited = values(with_shared(WORLD.format(present), "item_id", ["get_item", "list_items"]))
    before = values(WORLD.format(present)) if present else {}
    assert edited["shared"] == {"item_id"} | before.get("shared", frozenset())
    assert edited["open"] == {"get_item", "list_items"} | before.get("open", frozenset())


def test_a_world_that_says_it_otherwise_is_left_alone() -> None:
    assert with_shared(WORLD.format("\n    shared = OTHERS\n"), "item_id", []) is None
    assert with_shared("class Other: ...\n", "item_id", []) is None
