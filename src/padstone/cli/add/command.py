"""The command itself."""

from typing import Annotated

import typer

from padstone.cli.add.grammar import parse_all, words_of
from padstone.cli.add.naming import name_of
from padstone.cli.group import new_group
from padstone.cli.output import print_json, progress
from padstone.cli.system import load

__all__ = ["add"]

add = new_group("Add a resource to the project of the current folder.")


@add.callback()
def _group() -> None:
    """Add a resource to the project of the current folder."""


@add.command(epilog="\b\n" + words_of())
def resource(
    name: Annotated[str, typer.Argument(help="One row's name, such as item or order_line.")],
    fields: Annotated[
        list[str] | None, typer.Argument(help="NAME:TYPE[=ARGUMENT][:MODIFIER…], see below.")
    ] = None,
    *,
    plural: Annotated[str | None, typer.Option(help="What several rows are called.")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Nobody's rows: anybody reads them.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Write a resource: model, schemas, routes, migration, test.

    Rows belong to whoever is signed in and makes them, and nobody else learns of them.
    """
    said, wanted = name_of(name, plural), parse_all(fields or [])
    system = load()
    from padstone.cli.add.migration import ready
    from padstone.cli.add.project import inspect
    from padstone.cli.add.resource import add_resource, planned
    from padstone.cli.database import database_settings

    settings = database_settings(system)
    project = inspect(system)
    plan = planned(said, wanted, project, public=public)
    added = add_resource(plan, said, project, ready(settings))
    path = f"{project.prefix}/{said.path}"
    if json:
        print_json({"path": path, "made": added.made, "edited": added.edited, "left": added.left})
        return
    for file in added.made:
        typer.echo(f"made    {file}")
    for file in added.edited:
        typer.echo(f"edited  {file}")
    for edit in added.left:
        typer.echo(f"to do   {edit}")
    progress(_following(path, public=public, scoped=bool(project.guard("write")[1:-1])))


def _following(path: str, *, public: bool, scoped: bool) -> str:
    sentences = [f"It answers at {path}. Read the migration, then: padstone db upgrade"]
    if not scoped:
        whose = "anybody's rows" if public else "rows of their own"
        sentences.append(
            f"Whoever is signed in may write {whose}, with any key; `guards` in the declaration "
            "takes scopes instead."
        )
    return "\n".join(sentences)
