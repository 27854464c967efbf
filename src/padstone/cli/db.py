"""``padstone db``: the database of the current folder's system, and its migrations."""

import os
import shutil
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli.database import database_settings
from padstone.cli.group import new_group
from padstone.cli.output import print_json, print_table, progress
from padstone.cli.system import load

if TYPE_CHECKING:
    from padstone.migrations import Revision
    from padstone.settings import DatabaseSettings

__all__ = ["db"]

db = new_group("Bring the database to a revision, and look at it.")

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@db.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="An id, or +1 for the next one.")] = "head",
) -> None:
    """Apply the migrations that the database lacks, up to a revision."""
    settings = _settings()
    from padstone import migrations

    migrations.upgrade(settings, revision, say=progress)


@db.command(context_settings={"ignore_unknown_options": True})
def downgrade(
    revision: Annotated[str, typer.Argument(help="An id, -1 for one step, or base for all.")],
) -> None:
    """Undo the migrations that came after a revision."""
    settings = _settings()
    from padstone import migrations

    migrations.downgrade(settings, revision, say=progress)


@db.command()
def revision(
    message: Annotated[str, typer.Option("--message", "-m", help="What it does.")],
    *,
    empty: Annotated[bool, typer.Option(help="To be filled by hand.")] = False,
) -> None:
    """Write a migration that takes the database to the models, and print its file."""
    settings = _settings()
    _hear_what_is_needed()
    from padstone import migrations

    written = migrations.revision(settings, message, autogenerate=not empty)
    if written is None:
        progress("Nothing to write: the database and the models agree.")
        return
    typer.echo(written)
    progress("Read it, try it with `padstone db upgrade`, and commit it with the models.")


@db.command()
def check(*, json: AsJson = False) -> None:
    """Tell whether the migrations lead to the models. Exit status 1 when they do not."""
    settings = _settings()
    _hear_what_is_needed()
    from padstone import migrations

    missing = migrations.check(settings)
    if json:
        print_json({"missing": missing})
    for line in () if json else missing:
        typer.echo(line)
    if missing:
        progress("The migrations lack the above. Run: padstone db revision -m 'what it does'")
        raise typer.Exit(1)


@db.command()
def current(*, json: AsJson = False) -> None:
    """Show the last migration that the database has."""
    settings = _settings()
    from padstone import migrations

    found = migrations.history(settings)
    last = next((one for one in reversed(found) if one.is_applied), None)
    lacking = [one for one in found if not one.is_applied]
    if json:
        print_json({"current": last and last.id, "pending": [one.id for one in lacking]})
    else:
        typer.echo(f"{last.id}  {last.message}" if last else "none")
    if lacking:
        progress(f"{len(lacking)} more to apply. Run: padstone db upgrade")


@db.command()
def history(*, json: AsJson = False) -> None:
    """Show all migrations, the first one first, and whether the database has them."""
    settings = _settings()
    from padstone import migrations

    found = migrations.history(settings)
    if json:
        print_json([_as_json(one) for one in found])
    else:
        rows = [
            (one.id, "applied" if one.is_applied else "pending", one.message, one.path.name)
            for one in found
        ]
        print_table(("revision", "state", "message", "file"), rows)


@db.command()
def lint() -> None:
    """Find what migrations would block or break in a running system. Needs no database."""
    settings = _settings()
    from padstone import migrations

    findings = migrations.lint(settings)
    for finding in findings:
        typer.echo(finding)
    if findings:
        progress(
            f"{len(findings)} found. Where one is meant, say why in the migration: "
            f"# lint: allow {findings[0].rule}: the reason"
        )
        raise typer.Exit(1)


@db.command()
def reset(
    *,
    confirm: Annotated[
        str | None, typer.Option(metavar="NAME", help="The name of a database given by URL.")
    ] = None,
) -> None:
    """Drop everything in the database and apply all migrations again. In development only."""
    settings = _settings()
    from padstone import migrations

    migrations.reset(settings, confirm=confirm, say=progress)


@db.command()
def shell(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="For psql itself; after --, such as -- -c 'SELECT 1'")
    ] = None,
) -> None:
    """Open psql on the system's database."""
    from padstone import backing
    from padstone.cli.terminal import run_in_terminal
    from padstone.devservices import binaries

    with backing.attach(_settings(), progress=progress) as attached:
        # The embedded server's own client knows its version; elsewhere the system's can do TLS.
        installed = None if "database" in attached.embedded else shutil.which("psql")
        program = installed or str(binaries.psql())
        environment = _environment(attached.settings)
        raise typer.Exit(run_in_terminal([program, *(arguments or [])], environment))


def _settings() -> "DatabaseSettings":
    # Asked for before anything slow is imported: whoever is in the wrong folder need not wait.
    system = load()
    from padstone import log

    settings = database_settings(system)
    log.configure(level=settings.LOG_LEVEL, form=settings.LOG_FORMAT)
    return settings


def _hear_what_is_needed() -> None:
    """Imports the application, which says what its tables must tell of: see ``models.notify``."""
    load()
    import_module("app.main")


def _as_json(revision: "Revision") -> dict[str, object]:
    return {
        "id": revision.id,
        "message": revision.message,
        "file": str(revision.path),
        "applied": revision.is_applied,
        "head": revision.is_head,
    }


def _environment(settings: "DatabaseSettings") -> dict[str, str]:
    """What psql reads instead of arguments, which every user of the machine could see."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.DATABASE_DIRECT_URL or settings.DATABASE_URL or "")
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": settings.DATABASE_SSL,
        "PGSSLROOTCERT": settings.DATABASE_SSL_ROOT_CERT,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {name: str(value) for name, value in given.items() if value is not None}
