"""What a person sees: progress while things start, then a table of what is where."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from padstone.cli.dev.child import Child
from padstone.devservices import Services, ServiceStatus

__all__ = ["Board"]

WIDEST = 200
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")


class Board:
    """Writes to one console. On a terminal it uses colour and a spinner, elsewhere plain lines."""

    def __init__(self) -> None:
        # Soft wrapping, so that a line to copy stays one line.
        self.console = Console(highlight=False, soft_wrap=True)
        self._colours: dict[str, str] = {}
        self._width = 0

    def know(self, names: Sequence[str]) -> None:
        """Gives each system a colour and lines their names up."""
        self._width = max(map(len, names))
        self._colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}

    def progress(self, sentence: str) -> None:
        """One step that has begun."""
        self.console.print(f"  {sentence}", style="dim", markup=False)

    def error(self, text: str) -> None:
        """Why it did not work."""
        self.console.print(f"error: {text}", style="red", markup=False)

    def line(self, system: str, text: str) -> None:
        """One line of a system's log."""
        self.console.print(
            f"[{self._colours.get(system, 'white')}]{system:<{self._width}}[/] ", end=""
        )
        self.console.print(text, markup=False)

    def services(self, services: Services, states: Sequence[ServiceStatus]) -> None:
        """The table of the embedded services."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("service", "version", "address", "ready after"):
            table.add_column(heading)
        for state in states:
            seconds = services.timings.get(state.name)
            table.add_row(
                state.name,
                state.version,
                f"127.0.0.1:{state.port}",
                "was running" if seconds is None else f"{seconds:.2f} s",
            )
        self._print(table)

    def systems(self, children: Sequence[Child]) -> None:
        """The table of the systems, and what a person may try first."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("system", "version", "API", "docs", "health", "ready after"):
            table.add_column(heading)
        for child in children:
            table.add_row(
                child.system.name,
                child.system.version,
                child.url,
                f"{child.url}/docs",
                f"{child.url}/health",
                f"{child.ready_after:.1f} s",
            )
        self.console.print()
        self._print(table)
        for child in children:
            self._first_steps(child)
        self.console.print()
        self.console.print("Ctrl-C stops everything. Lines of the systems follow.", style="dim")

    def _print(self, table: Table) -> None:
        # Addresses are there to be copied: on a narrow terminal they wrap, and are never cut.
        self.console.print(table, width=max(self.console.width, WIDEST), soft_wrap=True)

    def _first_steps(self, child: Child) -> None:
        credentials = child.seeded.get("credentials", {})
        examples = child.seeded.get("examples", [])
        if not credentials and not examples:
            return
        self.console.print(f"\n[bold]{child.system.name}[/]")
        for name, value in credentials.items():
            self.console.print(f"  {name}: {value}", markup=False)
        for example in examples:
            self.console.print("  " + example.replace("{url}", child.url), markup=False)
