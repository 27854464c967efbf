"""``padstone check``: whether the system of the current folder is fit to be deployed."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli.system import load

if TYPE_CHECKING:
    from padstone.cli.doctor.finding import Finding
    from padstone.cli.system import System

__all__ = ["check"]


def check(
    *,
    environment: Annotated[
        str, typer.Option(help="The ENVIRONMENT to judge it for.")
    ] = "production",
    workers: Annotated[int, typer.Option(min=1, help="Server processes, on all hosts.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell whether the system is fit to be deployed."""
    from padstone import log
    from padstone.cli.doctor.finding import any_error, show

    log.configure(level="ERROR", form="console")
    # Before the system is imported, since importing it reads the settings.
    os.environ["ENVIRONMENT"] = environment
    findings = _findings(load(), workers)
    show(findings, json=json)
    if any_error(findings):
        raise typer.Exit(1)


def _findings(system: "System", workers: int) -> "list[Finding]":
    from padstone.cli.doctor.code import application, configuration
    from padstone.cli.doctor.deployment import rules
    from padstone.cli.doctor.examination import examine_services
    from padstone.cli.doctor.finding import Finding

    settings, findings = configuration(system)
    if settings is None:
        return [*findings, Finding("services", "skipped", "The settings name them.")]
    findings += [application(system), *rules(settings)]
    return [*findings, *examine_services(settings, workers=workers)]
