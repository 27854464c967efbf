"""What is printed: results on standard output, words about them on standard error."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, TextIO

from accounts_cli.errors import CliError

__all__ = [
    "is_styled",
    "printable",
    "say",
    "show",
    "show_fields",
    "show_json",
    "show_secret",
    "show_table",
]

_ENDLESS = 10_000  # a table that goes into a file or a pipe is not cut to a terminal's width


def show(text: str) -> None:
    """``text`` and a line break, on standard output."""
    try:
        _write(text)
    except BrokenPipeError:
        return  # `accounts keys list | head -1` is no failure


def show_secret(secret: str) -> None:
    """A new key, alone on standard output. Raises ``CliError`` where nobody can have read it."""
    try:
        _write(secret)
    except BrokenPipeError:
        raise CliError("Nobody read the new key, and it is not shown again: revoke it.") from None


def show_json(value: Any) -> None:
    """JSON for programs."""
    show(json.dumps(value, indent=2, ensure_ascii=False))


def show_fields(fields: Mapping[str, str]) -> None:
    """A line for each name and its value."""
    width = max(map(len, fields))
    show("\n".join(f"{name:<{width}}  {printable(text)}" for name, text in fields.items()))


def show_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Sequence[str] = (),
    faded: Sequence[bool] = (),
) -> None:
    """Columns under headings; those in ``numbers`` are aligned to the right.

    On a terminal long cells are folded, and the rows that ``faded`` tells of are dim.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(
            heading, overflow="fold", justify="right" if heading in numbers else "left"
        )
    for index, row in enumerate(rows):
        dim = index < len(faded) and faded[index]
        table.add_row(*(Text(printable(cell)) for cell in row), style="dim" if dim else None)
    console = Console(
        file=StringIO(),
        highlight=False,
        force_terminal=is_styled(sys.stdout),
        width=None if sys.stdout.isatty() else _ENDLESS,
    )
    with console.capture() as captured:
        console.print(table)
    lines = captured.get().splitlines()
    show("\n".join(line.rstrip() for line in lines))


def say(sentence: str) -> None:
    """A sentence for the person at the terminal, on standard error."""
    sys.stderr.write(f"{printable(sentence)}\n")
    sys.stderr.flush()


def printable(text: str) -> str:
    """``text`` without what a terminal would obey: it may be from the server, or from anybody."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def is_styled(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal that takes colours, and nobody asked for none."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write(text: str) -> None:
    """Raises ``CliError`` where the text does not arrive, and ``BrokenPipeError``."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
        raise
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    except OSError as error:
        _give_up()
        raise CliError(f"The result cannot be written: {error.strerror}.") from None


def _give_up() -> None:
    # The interpreter would write what is buffered once more at its end, and print a trace.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
