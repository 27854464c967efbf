"""The command itself."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from padstone.cli.output import print_json, progress

__all__ = ["From", "new"]


class From(StrEnum):
    """What a project may begin as."""

    MINIMAL = "minimal"
    ACCOUNTS = "accounts"
    SHOP = "shop"
    CAREERS = "careers"
    ASSISTANT = "assistant"
    INSIGHTS = "insights"


def new(
    name: Annotated[str, typer.Argument(help="Of the project, and of the folder that is made.")],
    template: Annotated[
        From, typer.Option("--from", help="What it begins as: one resource, or a whole product.")
    ] = From.MINIMAL,
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Make a project of your own, which stands alone."""
    from padstone.cli.new.locking import lock
    from padstone.cli.new.manifest import tools_of
    from padstone.cli.new.naming import check_name
    from padstone.cli.new.origin import running_origin
    from padstone.cli.new.project import contents, laid, write
    from padstone.cli.new.templates import TEMPLATES

    check_name(name, tools_of(laid("tools.toml")))
    origin = running_origin()
    made = contents(TEMPLATES[template], name, origin)
    folder = Path.cwd() / name
    write(folder, made)
    progress("Locking the packages …")
    unlocked = lock(folder)
    if unlocked and not json:
        progress(f"The packages are not locked yet, which `make` will do: {unlocked}")
    told = {
        "name": name,
        "folder": str(folder),
        "template": template.value,
        "padstone": {"version": origin.version, "from": origin.place},
        "files": sorted(made if unlocked else [*made, "uv.lock"]),
        "locked": not unlocked,
        "next": [f"cd {name}", "make dev", "make test"],
    }
    if json:
        print_json(told)
    else:
        _show(told)


def _show(told: dict[str, Any]) -> None:
    """The same for people."""
    for file in told["files"]:
        typer.echo(f"{told['name']}/{file}")
    go, dev, test = told["next"]
    version, place = told["padstone"].values()
    typer.echo(
        f"\n{told['name']} is made, with padstone {version} from {place}. Next:\n\n"
        f"  {go}\n"
        f"  {dev:<10} # everything that runs, and what to try first\n"
        f"  {test:<10} # every test, on services of its own"
    )
