"""Where the microseconds of one request go: ``make bench PROFILE=B``.

It serves the system as it is, under load on one core, and looks at the server's stack for every
millisecond that it computes. The shares of the layers are shares of the computing time.
"""

import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from answers import verify
from generators import Generator, choose
from ground import ground
from machine import describe, pinned, split_cores
from plans import Plan
from rich import box
from rich.console import Console
from rich.table import Table
from servers import OURS, Server
from workloads import WORKLOADS, Workload

__all__ = ["Profile"]

_SAMPLED = Path(__file__).with_name("sampled_server.py")
_WIDTH = 100


class Profile:
    """What was seen of one workload. ``cpu_us`` is the computing time of one request."""

    def __init__(self, workload: Workload, cpu_us: float, seen: dict[str, Any]) -> None:
        self.workload = workload
        self.cpu_us = cpu_us
        self.layers: list[tuple[str, int]] = seen["layers"]
        self.functions: list[tuple[str, int]] = seen["functions"]
        self.looks = sum(count for _, count in self.layers)

    def table(self, *, functions: int = 0) -> Table:
        """The layers, or as many functions, the dearest first."""
        title = f"{self.workload.letter} {self.workload.title}: {self.cpu_us:,.0f} µs of computing"
        table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        table.add_column("function" if functions else "layer")
        table.add_column("µs", justify="right")
        table.add_column("share", justify="right")
        for name, count in self.functions[:functions] if functions else self.layers:
            share = count / self.looks
            table.add_row(name, f"{share * self.cpu_us:.1f}", f"{share:.1%}")
        return table


def main(
    letter: Annotated[str, typer.Argument(help="The workload.")],
    *,
    seconds: Annotated[float, typer.Option(min=1, help="For how long.")] = 5,
    functions: Annotated[int, typer.Option(min=0, max=40, help="How many are shown.")] = 12,
    generator: Annotated[Generator, typer.Option(help="What sends the load.")] = Generator.AUTO,
    session: Annotated[bool, typer.Option("--session", help="Without the express lane.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Where the figures go.")
    ] = None,
) -> None:
    """Show where the computing time of one request goes, by layer."""
    known = {one.letter: one for one in WORKLOADS if "{cursor}" not in one.asks[0].path}
    if letter not in known:
        raise typer.BadParameter(f"{letter!r} is none of {', '.join(known)}")
    name = "padstone-session" if session else OURS
    profile = _profiled(name, known[letter], seconds, generator)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    about = describe()
    console.print(f"{about['cpu']}, {about['cores']} cores; {about['python']}")
    console.print(profile.table())
    if functions:
        console.print(profile.table(functions=functions))
    console.print(f"{profile.looks} looks. What runs in C is its caller's time.", style="dim")
    if json_file is not None:
        found = {"letter": letter, "cpu_us": profile.cpu_us, "layers": profile.layers}
        json_file.write_text(json.dumps(found, indent=2) + "\n")


def _profiled(name: str, workload: Workload, seconds: float, generator: Generator) -> Profile:
    _, generate = choose(generator)
    cores = split_cores()
    with tempfile.TemporaryDirectory(prefix="padstone-bench-") as made, ExitStack() as stack:
        folder = Path(made)
        folder.chmod(0o755)  # where root measures, PostgreSQL's user has to reach its data
        stack.enter_context(pinned(cores.rest))
        site = stack.enter_context(ground(folder, [workload.system]))[workload.system]
        seen = folder / "seen.json"
        server = Server(name, site, folder / "server.log", (str(_SAMPLED), str(seen)))
        server.start(cores.server)
        try:
            verify({name: server}, workload)
            requests = workload.requests(site.callers[workload.caller])
            plan = Plan(server.port, requests, workload.statuses, 1, workload.connections)
            generate(plan)
            os.kill(server.pid, signal.SIGUSR1)
            before = server.cpu_seconds() or 0.0
            result = generate(replace(plan, seconds=seconds))
            used = (server.cpu_seconds() or 0.0) - before
        finally:
            server.stop()
        return Profile(workload, used / result.count * 1e6, json.loads(seen.read_text()))


if __name__ == "__main__":
    typer.run(main)
