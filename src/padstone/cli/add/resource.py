"""A resource: what is refused, what is written, and what is left to be done."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from padstone.cli.add.edits import with_model, with_route, with_shared
from padstone.cli.add.field import Field
from padstone.cli.add.files import files_of
from padstone.cli.add.naming import Name
from padstone.cli.add.project import Project
from padstone.cli.failures import UsageError

__all__ = ["Added", "add_resource", "planned"]

Ready = AbstractContextManager[Callable[[Path, str], str]]
"""A database at head, with what writes a migration there."""

_MODELS = "app/models/__init__.py"
_WORLD = "tests/world.py"


@dataclass(frozen=True)
class Added:
    """What was written, what was edited, and what somebody still has to write."""

    made: list[str]
    edited: list[str]
    left: list[str]


@dataclass(frozen=True)
class Planned:
    """The same before it is done, with the texts."""

    new: dict[str, str]
    edits: dict[str, str]
    left: list[str]


def planned(name: Name, fields: Sequence[Field], project: Project, *, public: bool) -> Planned:
    """What there is to write. Raises ``UsageError`` where something stands in the way."""
    if project.owner is None and not public:
        raise UsageError(
            "Nobody signs in here: create_app has neither users nor api_keys, so that rows cannot "
            "be anybody's. Say that anybody may read them: --public"
        )
    owned = replace(project, owner=None) if public else project
    _refuse(name, fields, owned)
    new = files_of(name, fields, owned)
    taken = [path for path in new if (project.folder / path).exists()]
    if taken:
        raise UsageError(f"There is {', '.join(taken)} already. Nothing was written.")
    edits: dict[str, str] = {}
    left: list[str] = []
    for path, text, words in _edits(name, owned):
        if text is None:
            left.append(f"{path}: {words}")
        else:
            edits[path] = text
    return Planned(new, edits, left)


def add_resource(plan: Planned, name: Name, project: Project, database: Ready) -> Added:
    """Writes everything, or nothing where anything fails."""
    from padstone.cli.add.writing import formatted, written

    with database as write, written(project.folder, plan.new | plan.edits):
        formatted(project.folder, [*plan.new, *plan.edits])
        migration = write(project.folder, name.plural_words)
    return Added([*plan.new, migration], [*plan.edits], plan.left)


def _refuse(name: Name, fields: Sequence[Field], project: Project) -> None:
    if name.many in project.tables:
        raise UsageError(f"There is a table {name.many} already. Take another name.")
    owner = project.owner
    for field in fields:
        if owner and field.name == owner.column:
            raise UsageError(
                f"{field.name}: is whose a row is, which nobody says in a body. Leave it out."
            )
        if field.is_reference and field.target not in project.targets:
            known = ", ".join(f"{one}:references" for one in sorted(project.targets)) or "none"
            raise UsageError(
                f"{field.target}:references: no rows of that name can be pointed to by whoever is "
                f"calling. There are: {known}. To others a foreign key is written by hand, with "
                "the argument `references`, as the guide to resources shows."
            )


def _edits(name: Name, project: Project) -> list[tuple[str, str | None, str]]:
    module = f"{project.routes.replace('/', '.')}.{name.many}"
    texts = {path: _text(project, path) for path in (_MODELS, project.router, _WORLD)}
    model = f"app.models.{name.one}"
    found = [
        (
            _MODELS,
            with_model(texts[_MODELS], name.model, model),
            f'from {model} import {name.model}, and "{name.model}" in __all__',
        ),
        (
            project.router,
            with_route(texts[project.router], name.many, module),
            f"from {module} import {name.many}, and api_router.include_router({name.many}.router)",
        ),
    ]
    if project.owner is None and texts[_WORLD]:
        reads = [f"get_{name.one}", f"list_{name.many}"]
        found.append(
            (
                _WORLD,
                with_shared(texts[_WORLD], f"{name.one}_id", reads),
                f'"{name.one}_id" in shared, {" and ".join(reads)} in open',
            )
        )
    return found


def _text(project: Project, path: str) -> str:
    file = project.folder / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""
