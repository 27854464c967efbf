"""What a person sees: progress while things start, then a table of what is where."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper

from rich.console import Console
from rich.table import Table
from rich.text import Text

from padstone.cli.dev.server import Server, Started
from padstone.devservices import Services, ServiceStatus

__all__ = ["Board"]

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")
_WIDE = 500


class Board:
    """Writes to one console. On a terminal it uses colour and a spinner, elsewhere plain lines."""

    def __init__(self, names: Sequence[str]) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            # An ellipsis is not worth failing for where the output cannot show one.
            sys.stdout.reconfigure(errors="replace")
        # Lines are there to be copied: none is broken or cut to the width of the terminal.
        self._console = Console(highlight=False, soft_wrap=True, width=_WIDE)
        self._width = max(map(len, names))
        self._colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}

    @contextmanager
    def working(self, sentence: str) -> Iterator[None]:
        """Says what is being done; on a terminal something turns meanwhile."""
        if self._console.is_terminal:
            with self._console.status(sentence):
                yield
        else:
            self.say(sentence)
            yield

    def say(self, sentence: str) -> None:
        """One step, or something worth knowing."""
        self._console.print(Text(sentence, "dim"))

    def line(self, system: str, text: str, style: str = "") -> None:
        """One line of a system's log, or about the system."""
        name = (f"{system:<{self._width}}  ", self._colours[system])
        self._console.print(Text.assemble(name, (text, style)))

    def note(self, system: str, text: str) -> None:
        """Something that happened to a system."""
        self.line(system, text, "bold")

    def table(
        self, services: Services, states: Sequence[ServiceStatus], servers: Sequence[Server]
    ) -> None:
        """What is where, and what a person may try first. Every server has started."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("", "version", "address", "ready after"):
            table.add_column(heading)
        for state in states:
            seconds = services.timings.get(state.name)
            after = "was running" if seconds is None else f"{seconds:.2f} s"
            where = state.page or f"127.0.0.1:{state.port}"
            table.add_row(state.name, state.version, where, after)
        for server in servers:
            self._add(table, server, server.started.result())
        self._console.print()
        self._console.print(table)
        for server in servers:
            self._first_steps(server, server.started.result())
        self._console.print()
        self.say("Ctrl-C stops everything. Lines of the systems follow.")

    def _add(self, table: Table, server: Server, started: Started) -> None:
        name = Text(server.system.name, self._colours[server.system.name])
        table.add_row(name, server.system.version, server.url, f"{started.after:.1f} s")
        for page in ("docs", "health"):
            table.add_row(f"  {page}", "", f"{server.url}/{page}", "")
        if started.tasks:
            kinds = "1 kind of job" if started.tasks == 1 else f"{started.tasks} kinds of jobs"
            table.add_row("  worker", "", kinds, "")

    def _first_steps(self, server: Server, started: Started) -> None:
        if not started.credentials and not started.examples:
            return
        self._console.print()
        self._console.print(Text(server.system.name, f"bold {self._colours[server.system.name]}"))
        for name, value in started.credentials.items():
            self._console.print(Text(f"  {name}: {value}"))
        for example in started.examples:
            self._console.print(Text("  " + example.replace("{url}", server.url)))
