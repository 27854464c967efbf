"""What a run found: tables for people, JSON for what comes after."""

from dataclasses import asdict
from statistics import median
from typing import Any

from generators import NOTE, Generator
from rich import box
from rich.console import Console
from rich.table import Table
from rounds import BOUND, Figures, Ratio, ratios
from servers import OURS, SERVERS
from startup import Beginning

__all__ = ["Report"]

_COLUMNS = ("requests/s", "p50 ms", "p99 ms", "CPU µs", "ratio", "by CPU")
_ABOUT_RATIOS = (
    "Only ratios that were taken in one run count, and ±15 % is a tie. A ratio above 1 means that "
    f"{OURS} is that much faster: the median of the rounds, and their least and most. {OURS} has "
    "request id, access log, metrics, security headers, CORS and body limit on."
)


class Report:
    """Collects figures as they come. ``missing`` says why a server was not measured."""

    def __init__(
        self, machine: dict[str, Any], generator: Generator, rounds: int, seconds: float
    ) -> None:
        self.machine = machine
        self.generator = generator
        self.options = {"rounds": rounds, "seconds": seconds, "generator": generator.value}
        self.beginnings: list[Beginning] = []
        self.figures: list[Figures] = []
        self.missing: dict[str, str] = {}

    def as_json(self) -> dict[str, Any]:
        """Everything, each round included."""
        return {
            "machine": self.machine,
            "options": self.options,
            "missing": self.missing,
            "start_up": [asdict(one) | {"median": one.middle} for one in self.beginnings],
            "requests": [self._entry(one) for one in self.figures],
        }

    def print(self, console: Console) -> None:
        """The tables, with what one has to know to read them."""
        console.print(f"\n{self.about_machine}; load before the run {self.machine['load']}")
        if self.beginnings:
            console.print(self._start_up_table())
        if self.figures:
            console.print(self._requests_table())
            console.print(self._servers())
            console.print(self._unbound())
            if self.generator is Generator.PYTHON:
                console.print(NOTE)
            console.print(_ABOUT_RATIOS, style="dim")
        for name, reason in self.missing.items():
            console.print(f"Not measured: {name}. {reason}", style="red", markup=False)

    @property
    def about_machine(self) -> str:
        """What it was measured on, in a line."""
        about = self.machine
        return f"{about['cpu']}, {about['cores']} cores; {about['system']}, {about['python']}"

    def ours(self, peer: Figures) -> Figures | None:
        """Ours under the same workload, ``None`` for ours."""
        if peer.server == OURS:
            return None
        return next(
            one for one in self.figures if one.workload == peer.workload and one.server == OURS
        )

    def _entry(self, figures: Figures) -> dict[str, Any]:
        workload = figures.workload
        entry: dict[str, Any] = {
            "letter": workload.letter,
            "title": workload.title,
            "server": figures.server,
            "is_bound": figures.is_bound,
            "rounds": [asdict(one) for one in figures.rounds],
        }
        if (ours := self.ours(figures)) is not None:
            rate, cpu = ratios(ours, figures)
            entry["ours_to_it"] = {"rate": asdict(rate), "cpu": asdict(cpu) if cpu else None}
        return entry

    def _start_up_table(self) -> Table:
        table = _table("Start-up", "median s", "least", "most", "CPU s", "times")
        for one in self.beginnings:
            cpu = f"{median(one.cpu_seconds):.2f}" if one.cpu_seconds else ""
            spread = (f"{value:.2f}" for value in (one.middle, min(one.seconds), max(one.seconds)))
            table.add_row(one.name, *spread, cpu, str(len(one.seconds)))
        return table

    def _requests_table(self) -> Table:
        table = _table("Requests: 32 connections, one process on one core", *_COLUMNS)
        for one in self.figures:
            ours = self.ours(one)
            if ours is None:
                table.add_section()
                table.add_row(f"{one.workload.letter:<2} {one.workload.title}", style="bold")
            rate, cpu = ratios(ours, one) if ours else (None, None)
            by_cpu = f"{cpu.median:.2f}" if cpu else ""
            table.add_row(f"   {one.server}", *_numbers(one), _shown(rate), by_cpu)
        return table

    def _servers(self) -> str:
        """What the names stand for."""
        names = dict.fromkeys(one.server for one in self.figures)
        return "\n".join(f"{name}: {SERVERS[name].title}." for name in names)

    def _unbound(self) -> str:
        """Where the server was not the bottleneck, so that requests per second say little."""
        found = [
            f"{one.workload.letter} {one.server} {one.middle('share') or 0:.0%}"
            for one in self.figures
            if not one.is_bound
        ]
        if not found:
            return f"In every row the server was the limit: it had {BOUND:.0%} of its core or more."
        return (
            f"The server was not the limit where it had less than {BOUND:.0%} of its core, but the "
            "load, the database or other work on this machine. Go by the CPU there: "
            f"{', '.join(found)}."
        )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _numbers(figures: Figures) -> list[str]:
    formats = {"rate": ",.0f", "p50_ms": ".1f", "p99_ms": ".1f", "cpu_us": ",.0f"}
    values = {name: figures.middle(name) for name in formats}
    return ["" if values[name] is None else f"{values[name]:{formats[name]}}" for name in formats]


def _shown(ratio: Ratio | None) -> str:
    return "" if ratio is None else f"{ratio.median:.2f} ({ratio.least:.2f}-{ratio.most:.2f})"
