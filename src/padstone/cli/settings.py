"""``padstone settings``: what the system of the current folder is set to."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from padstone.cli.generated import refuse_drift
from padstone.cli.output import print_json, print_table
from padstone.cli.system import load

if TYPE_CHECKING:
    from padstone.settings import Settings

__all__ = ["settings"]

_EXAMPLE = Path(".env.example")


def settings(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print .env.example.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Fail when .env.example is out of date.")
    ] = False,
) -> None:
    """Show every setting, its value and where it came from."""
    loaded = load().settings
    if check:
        _refuse_old_example(loaded)
    elif example:
        sys.stdout.write(_example(loaded))
    else:
        _show(loaded, json=json)


def _show(loaded: "Settings", *, json: bool) -> None:
    from padstone.settings import explain

    rows = explain(loaded)
    if json:
        print_json([row._asdict() for row in rows])
    else:
        print_table(("setting", "value", "from", "what it does"), rows)


def _example(loaded: "Settings") -> str:
    from padstone.settings import env_example

    return env_example(type(loaded))


def _refuse_old_example(loaded: "Settings") -> None:
    refuse_drift(_EXAMPLE, _example(loaded), f"padstone settings --example > {_EXAMPLE}")
