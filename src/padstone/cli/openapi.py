"""``padstone openapi``: the contract of the system in the current folder."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from padstone.cli.failures import UsageError
from padstone.cli.generated import refuse_drift
from padstone.cli.system import load

__all__ = ["openapi"]


def openapi(
    output: Annotated[Path | None, typer.Option(help="The file to write it to.")] = None,
    check: Annotated[
        Path | None, typer.Option(help="The file that must hold it; fail when it does not.")
    ] = None,
) -> None:
    """Print the system's OpenAPI document."""
    if output and check:
        raise UsageError("--output writes a file and --check compares one: give one of them.")
    document = load().app.openapi()
    # Sorted, so that a change of the code's order changes nothing in the file.
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if check:
        refuse_drift(check, text, f"padstone openapi --output {check}")
    elif output:
        output.write_text(text)
    else:
        sys.stdout.write(text)
