"""The command itself."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

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
    files = [*made] if unlocked else sorted([*made, "uv.lock"])
    following = [f"cd {name}", "make dev", "make test"]
    if json:
        print_json(
            {
                "name": name,
                "folder": str(folder),
                "template": template.value,
                "padstone": {"version": origin.version, "from": origin.place},
                "files": files,
                "locked": not unlocked,
                "next": following,
            }
        )
        return
    for file in files:
        typer.echo(f"{name}/{file}")
    if unlocked:
        progress(f"The packages are not locked yet, which `make` will do: {unlocked}")
    typer.echo(
        f"\n{name} is made, with padstone {origin.version} from {origin.place}. Next:\n\n"
        f"  {following[0]}\n"
        f"  {following[1]:<10} # everything that runs, and what to try first\n"
        f"  {following[2]:<10} # every test, on services of its own"
    )
