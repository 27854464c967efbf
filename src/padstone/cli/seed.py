"""``padstone seed``: the first data of the system in the current folder."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from padstone.cli.database import on_database
from padstone.cli.failures import UsageError
from padstone.cli.output import print_json, progress, progress_in_place
from padstone.cli.system import load
from padstone.errors import PadstoneError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from padstone.cli.system import System
    from padstone.db import Database
    from padstone.seed import Seeding
    from padstone.seed.pace import Pace

__all__ = ["as_json", "plant", "seed"]


def seed(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Also in staging and production.")
    ] = False,
) -> None:
    """Write the first data, which may be repeated."""
    from padstone.seed.pace import Pace

    system = load()
    seeding = None
    if system.app.plan.seed is None:
        progress("This system has no first data: its create_app names no seed.")
    else:
        _refuse_deployed(system, yes=yes)
        progress(f"Seeding {system.name} …")
        seeding = on_database(system, partial(plant, system, pace=Pace(progress_in_place)))
    if json:
        print_json(as_json(seeding))
    elif seeding:
        _show(seeding)


async def plant(system: "System", database: "Database", *, pace: "Pace | None" = None) -> "Seeding":
    """Calls the system's seed function in a transaction; what it said and made."""
    from padstone.devservices.layout import checkout_root
    from padstone.seed import Seeding

    folder = checkout_root(system.folder) / ".padstone"

    async def once(session: "AsyncSession") -> "Seeding":
        # Anew for each attempt, since a transaction that PostgreSQL undid is repeated.
        seeding = Seeding(session, system.settings, folder, pace=pace)
        if system.app.plan.seed is not None:
            await system.app.plan.seed(seeding)
        _refuse_demo_credentials(seeding)
        return seeding

    return await database.run(once)


def as_json(seeding: "Seeding | None") -> dict[str, Any]:
    """What a seeding said and made, for programs. ``None`` where there was none."""
    return {
        "report": seeding.report if seeding else [],
        "rows": {name: asdict(counts) for name, counts in seeding.counts.items()}
        if seeding
        else {},
        "credentials": seeding.credentials if seeding else {},
        "examples": seeding.examples if seeding else [],
    }


def _refuse_deployed(system: "System", *, yes: bool) -> None:
    if system.settings.is_deployed and not yes:
        raise UsageError(
            f"This is {system.settings.ENVIRONMENT}. If its database is the one to seed, "
            "repeat the command with --yes."
        )


def _refuse_demo_credentials(seeding: "Seeding") -> None:
    if seeding.settings.is_deployed and seeding.credentials:
        raise PadstoneError(
            f"The seed made demo credentials ({', '.join(sorted(seeding.credentials))}) in "
            f"{seeding.settings.ENVIRONMENT}, so nothing was written. Make them only where "
            "seeding.settings.ENVIRONMENT is development."
        )


def _show(seeding: "Seeding") -> None:
    for line in seeding.report:
        typer.echo(line)
    width = max(map(len, seeding.credentials), default=0)
    for name, value in seeding.credentials.items():
        typer.echo(f"{name:<{width}}  {value}")
    address = f"http://{seeding.settings.HOST}:{seeding.settings.PORT}"
    for example in seeding.examples:
        typer.echo(example.replace("{url}", address))
