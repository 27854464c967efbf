"""The command itself."""

from pathlib import Path
from typing import Annotated

import typer

from padstone.cli.failures import UsageError
from padstone.cli.output import progress
from padstone.cli.system import load

__all__ = ["doctor"]


def doctor(*, json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Find out why it does not start, and what to do."""
    from padstone import log
    from padstone.cli.doctor.examination import examine
    from padstone.cli.doctor.finding import any_error, show

    log.configure(level="ERROR", form="console")
    try:
        system = load()
    except UsageError:
        system = None
    findings = examine(Path.cwd(), system, progress)
    show(findings, json=json)
    if any_error(findings):
        raise typer.Exit(1)
