"""The project of the current folder, as far as a resource depends on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padstone.cli.failures import UsageError

if TYPE_CHECKING:
    from padstone.cli.system import System

__all__ = ["Owner", "Project", "inspect"]

_ROUTERS = ("app/api/v1/router.py", "app/api/v1/api.py")
_MODELS = "app/models/__init__.py"


@dataclass(frozen=True)
class Owner:
    """Whose rows are: the table, and the column that a row has for it."""

    table: str
    column: str


@dataclass(frozen=True)
class Project:
    """What there is already.

    ``targets`` are the resources that can be pointed to, by one row's name, with their tables;
    ``scopes`` are those of ``app.core.security.Scope``, by their values. ``routes`` is the folder
    of routes, ``prefix`` what their paths begin with.
    """

    folder: Path
    owner: Owner | None
    tables: frozenset[str]
    targets: Mapping[str, str]
    scopes: Mapping[str, str]
    routes: str
    router: str
    prefix: str

    def guard(self, scope: str) -> str:
        """The scopes that an operation asks for, as code: those called like this, or none."""
        member = self.scopes.get(scope)
        return f"[Scope.{member}]" if member else "[]"


def inspect(system: "System") -> Project:
    """Imports the application and looks. Raises ``UsageError`` for what is no such project."""
    folder = system.folder
    router = next((one for one in _ROUTERS if (folder / one).is_file()), None)
    if router is None or not (folder / _MODELS).is_file():
        raise UsageError(
            f"{folder} has not the rooms of a project that `padstone new` makes: "
            f"{_MODELS} and {_ROUTERS[0]}. A resource is written by hand there; the guide to "
            "resources shows the three files."
        )
    app = system.app
    owner = _owner(app.plan)
    base = import_module("app.models").Base
    nested = "app/api/v1/endpoints"
    return Project(
        folder=folder,
        owner=owner,
        tables=frozenset(base.metadata.tables),
        targets=dict(_targets(list(app.openapi()["paths"]), owner, base.registry.mappers)),
        scopes=_scopes(),
        routes=nested if (folder / nested).is_dir() else "app/api/v1",
        router=router,
        prefix=_prefix(router),
    )


def _owner(plan: Any) -> Owner | None:
    from padstone.resource.declaration import name_of, plural_of

    if plan.users is not None:
        model = plan.users.model
    elif plan.api_keys is not None:
        model = plan.api_keys.owner
    else:
        return None
    return Owner(plural_of(model), f"{name_of(model)}_id")


def _targets(paths: Iterable[str], owner: Owner | None, mappers: Any) -> Iterator[tuple[str, str]]:
    """Tables that have routes, and whose rows are the caller's own or nobody's."""
    from padstone.resource.declaration import name_of

    for mapper in mappers:
        one, table = name_of(mapper.class_), mapper.local_table
        if (owner and table.name == owner.table) or "id" not in table.c:
            continue
        is_usable = owner is None or owner.column in table.c or _is_nobodys(table.c)
        if is_usable and any(path.endswith(f"/{{{one}_id}}") for path in paths):
            yield one, table.name


def _is_nobodys(columns: Any) -> bool:
    return not any(column.foreign_keys and not column.nullable for column in columns)


def _scopes() -> dict[str, str]:
    try:
        scope = import_module("app.core.security").Scope
    except (ImportError, AttributeError):
        return {}
    return {str(member.value): member.name for member in scope}


def _prefix(router: str) -> str:
    module = router.removesuffix(".py").replace("/", ".")
    return str(getattr(getattr(import_module(module), "api_router", None), "prefix", ""))
