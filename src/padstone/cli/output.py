"""What commands print for people and for programs, on standard output."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["mark", "print_json", "print_table", "progress", "progress_in_place"]

# A table that goes into a file or a pipe is not cut to the width of a terminal.
_ENDLESS = 10_000


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns under headings. On a terminal long cells are folded, elsewhere they stay whole."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _ENDLESS)
    with console.capture() as printed:
        console.print(table)
    # The last column is filled up with spaces, which nobody needs.
    sys.stdout.write("\n".join(line.rstrip() for line in printed.get().split("\n")))


def print_json(value: Any) -> None:
    """JSON with stable order, indented. What JSON does not know is written as text."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def progress(sentence: str) -> None:
    """What is being done meanwhile; to standard error, so that a result can be piped."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def progress_in_place(sentence: str) -> None:
    """How far something is, in the place of what was shown before. On a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{sentence}")
        sys.stderr.flush()


def mark(*, good: bool) -> str:
    """A tick or a cross, in letters where the output cannot show the signs."""
    sign = "✓" if good else "✗"
    try:
        sign.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return "ok" if good else "NO"
    return sign
