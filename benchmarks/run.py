"""``make bench``: how long things take, and how that compares.

It starts services of its own, fills one database, starts ours and its peers on one core, makes
sure that they answer alike, and lets them take turns.
"""

import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import startup
import typer
from answers import AnswerError, verify
from ground import Ground, GroundError, ground
from load import LoadError
from machine import describe, pinned, split_cores
from report import Report
from rich.console import Console
from rounds import measure
from servers import OURS, SERVERS, ServerError, serving
from workloads import WORKLOADS, Workload

from padstone.errors import PadstoneError

ROUNDS = 3
SECONDS = 1.5
STARTS = 10
WIDTH = 100  # of the tables, where they go to no terminal

_progress = Console(stderr=True)


class Part(StrEnum):
    """The two parts of a run."""

    START_UP = "start-up"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    rounds: int
    seconds: float
    starts: int
    only: Part | None
    workloads: list[Workload]


def main(
    *,
    short: Annotated[  # noqa: ARG001  # it says what happens anyway, until there is a long run
        bool, typer.Option("--short", help=f"{ROUNDS} rounds of {SECONDS:g} s; the default.")
    ] = True,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each workload.")] = ROUNDS,
    seconds: Annotated[float, typer.Option(min=0.05, help="Length of a round.")] = SECONDS,
    starts: Annotated[int, typer.Option(min=1, help="Starts of the command.")] = STARTS,
    only: Annotated[Part | None, typer.Option(help="One part alone.")] = None,
    workload: Annotated[
        list[str] | None, typer.Option(help="A letter; may be repeated. Default: all.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Where all figures go.")
    ] = None,
) -> None:
    """Measure start-up, and requests against peers, on this machine."""
    options = Options(rounds, seconds, starts, only, _chosen(workload))
    report = Report(describe(), {"rounds": rounds, "seconds": seconds})
    try:
        _run(options, report)
    except (AnswerError, GroundError, LoadError, PadstoneError, ServerError) as error:
        _progress.print(f"error: {error}", style="red", markup=False)
        raise typer.Exit(1) from None
    report.print(Console(width=None if sys.stdout.isatty() else WIDTH))
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n")


def _chosen(letters: list[str] | None) -> list[Workload]:
    known = {one.letter: one for one in WORKLOADS}
    for letter in letters or ():
        if letter not in known:
            raise typer.BadParameter(f"{letter!r} is none of {', '.join(known)}")
    return [known[letter] for letter in letters or known]


def _run(options: Options, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="padstone-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # where root measures, PostgreSQL's user has to reach its data
        few = max(1, options.starts // 5)
        if options.only is not Part.REQUESTS:
            _say("start-up: the command and the services")
            report.beginnings += startup.of_commands(options.starts)
            report.beginnings += startup.of_services(folder, few)
        with ExitStack() as stack:
            with pinned(split_cores().rest):  # what is started here stays there
                made = stack.enter_context(ground(folder))
            if options.only is not Part.REQUESTS:
                _say("start-up: the server")
                report.beginnings.append(startup.of_server(made, folder / "server.log", few))
            if options.only is not Part.START_UP:
                _measure_requests(options, report, made, folder)


def _measure_requests(options: Options, report: Report, made: Ground, folder: Path) -> None:
    cores = split_cores()
    with ExitStack() as stack:
        wanted = {name for one in options.workloads for name in (OURS, *one.peers)}
        servers = {
            name: stack.enter_context(serving(name, made, folder / f"{name}.log", cores.server))
            for name in SERVERS
            if name in wanted
        }
        _say("requests: whether the servers answer alike")
        verify(servers, options.workloads, made)
        with pinned(cores.rest):
            for workload in options.workloads:
                report.figures += measure(
                    workload,
                    servers,
                    made,
                    rounds=options.rounds,
                    seconds=options.seconds,
                    say=_say,
                )


def _say(sentence: str) -> None:
    _progress.print(sentence, style="dim")


if __name__ == "__main__":
    # Whoever ends this ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    typer.run(main)
