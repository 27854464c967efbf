"""``padstone services``: the embedded PostgreSQL, Valkey, S3 and mailbox of this checkout."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli import logtail
from padstone.cli.failures import UsageError
from padstone.cli.group import new_group
from padstone.cli.logtail import Tail
from padstone.cli.output import print_json, print_table, progress

if TYPE_CHECKING:
    from padstone.devservices import ServiceStatus

__all__ = ["services"]

services = new_group("Look after the embedded PostgreSQL, Valkey, S3 and mailbox.")

_NAMES = ("postgres", "valkey", "s3", "mail", "keeper")

TestSet = Annotated[bool, typer.Option("--test", help="The services of the tests.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@services.command()
def status(*, test: TestSet = False, json: AsJson = False) -> None:
    """Show how the services are. Starts nothing; exit status 1 when one has failed."""
    from padstone import devservices

    found = devservices.status(ephemeral=test)
    if json:
        print_json([asdict(service) for service in found])
    else:
        headings = ("service", "state", "version", "address", "pid", "uptime", "size", "data")
        print_table(headings, map(_row, found))
    if any(service.state == "failed" for service in found):
        raise typer.Exit(1)


@services.command()
def stop(*, test: TestSet = False) -> None:
    """Stop the services now, whoever uses them."""
    from padstone import devservices

    users = devservices.stop(ephemeral=test)
    progress(f"The services do not run any more.{_robbed(users)}")


@services.command()
def logs(
    service: Annotated[str | None, typer.Argument(help=f"One of {', '.join(_NAMES)}.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines.")] = 50,
    test: TestSet = False,
) -> None:
    """Print the last lines of the services' logs."""
    from padstone import devservices

    if service is not None and service not in _NAMES:
        raise UsageError(f"There is no service {service!r}. There are: {', '.join(_NAMES)}.")
    names = [service] if service else _NAMES
    tails = {name: Tail(devservices.logs(None, name, ephemeral=test)) for name in names}
    width = 0 if service else max(map(len, names))
    for name, tail in tails.items():
        _print_lines(((name, line) for line in tail.last_lines(lines)), width)
    if follow:
        _print_lines(logtail.follow(tails), width)


@services.command()
def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="For psql itself; after --, such as -- -c 'SELECT 1'")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="The database; default: that of the current folder's system.")
    ] = None,
    *,
    test: TestSet = False,
) -> None:
    """Open psql on the embedded PostgreSQL. Starts the services if they do not run."""
    from padstone import devservices
    from padstone.cli.terminal import run_in_terminal

    name = database or _database_of_current_folder()
    with devservices.attach(name, ephemeral=test, progress=progress):
        command, environment = devservices.psql_command(None, name, ephemeral=test)
        raise typer.Exit(run_in_terminal([*command, *(arguments or [])], environment))


@services.command()
def reset(
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    test: TestSet = False,
) -> None:
    """Stop the services and delete all that they stored. Ports, passwords and logs stay."""
    from padstone import devservices
    from padstone.devservices.layout import checkout_root

    if not yes:
        question = f"Delete everything the embedded services of {checkout_root()} have stored?"
        typer.confirm(question, abort=True, err=True)
    users = devservices.reset(ephemeral=test)
    progress(f"The services are stopped and empty.{_robbed(users)}")


def _row(service: "ServiceStatus") -> tuple[str, ...]:
    return (
        service.name,
        service.state,
        service.version or "",
        service.page or (f"127.0.0.1:{service.port}" if service.port else ""),
        str(service.pid or ""),
        "" if service.uptime is None else f"{service.uptime:.0f} s",
        f"{service.size / 1_000_000:.1f} MB",
        str(service.data),
    )


def _robbed(users: int) -> str:
    processes = "1 process was" if users == 1 else f"{users} processes were"
    return f" {processes} using them." if users else ""


def _print_lines(lines: Iterable[tuple[str, str]], width: int) -> None:
    """Lines with the name of their log before them, unless it has no ``width``."""
    for name, line in lines:
        typer.echo(f"{name:<{width}}  {line}" if width else line)


def _database_of_current_folder() -> str:
    from padstone.cli.system import load

    try:
        return load().name
    except UsageError as error:
        raise UsageError(f"{error.detail} Or name a database with --database.") from None
