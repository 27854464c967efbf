"""``padstone seed``: the first data of the system in the current folder."""

from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli.database import on_database
from padstone.cli.failures import UsageError
from padstone.cli.output import print_json, progress
from padstone.cli.system import load
from padstone.errors import PadstoneError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from padstone.app import Seeding
    from padstone.app.seeding import Seed
    from padstone.cli.system import System
    from padstone.db import Database

__all__ = ["seed"]


def seed(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Also in staging and production.")
    ] = False,
) -> None:
    """Write the first data, which may be repeated."""
    system = load()
    seeding = None
    if system.app.plan.seed is None:
        progress("This system has no first data: its create_app names no seed.")
    else:
        _refuse_deployed(system, yes=yes)
        seeding = _plant(system, system.app.plan.seed)
    if json:
        print_json(
            {
                "report": seeding.report if seeding else [],
                "credentials": seeding.credentials if seeding else {},
                "examples": seeding.examples if seeding else [],
            }
        )
    elif seeding:
        _show(seeding)


def _refuse_deployed(system: "System", *, yes: bool) -> None:
    if system.settings.is_deployed and not yes:
        raise UsageError(
            f"This is {system.settings.ENVIRONMENT}. If its database is the one to seed, "
            "repeat the command with --yes."
        )


def _plant(system: "System", plant: "Seed") -> "Seeding":
    from padstone.app import Seeding
    from padstone.devservices.layout import checkout_root

    folder = checkout_root(system.folder) / ".padstone"

    async def once(session: "AsyncSession") -> "Seeding":
        # Anew for each attempt, since a transaction that PostgreSQL undid is repeated.
        seeding = Seeding(session, system.settings, folder)
        await plant(seeding)
        _refuse_demo_credentials(seeding)
        return seeding

    async def work(database: "Database") -> "Seeding":
        return await database.run(once)

    progress(f"Seeding {system.name} …")
    return on_database(system, work)


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
