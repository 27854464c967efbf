"""``make bench``: how long things take, and how that compares.

It starts services of its own, fills a database for each system, starts ours and its peers on one
core, makes sure that they answer alike, and lets them take turns.
"""

import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import packages
import plot
import startup
import typer
from answers import AnswerError, verify
from generators import Generator, choose
from ground import GroundError, Site, ground
from machine import describe, pinned, split_cores
from paging import walk_to_the_middle
from plans import LoadError
from report import Report
from rich.console import Console
from rounds import Measuring, measure
from servers import OURS, SERVERS, Server, ServerError, serving
from workloads import WORKLOADS, Workload

from padstone.errors import PadstoneError

STARTS = 5
WIDTH = 100  # of the tables, where they go to no terminal

_progress = Console(stderr=True)


class Part(StrEnum):
    """The two parts of a run."""

    START_UP = "start-up"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    is_full: bool
    starts: int
    only: Part | None
    workloads: list[Workload]
    peers: list[str] | None
    measuring: Measuring

    def contestants(self, workload: Workload) -> list[str]:
        """The servers under the workload, ours first."""
        wanted = workload.peers if self.is_full or self.peers else workload.few
        return [OURS, *(name for name in wanted if not self.peers or name in self.peers)]


def main(  # noqa: PLR0913  # its parameters are its manual
    *,
    full: Annotated[
        bool, typer.Option("--full", help="All workloads and all peers, 5 rounds of 3 s.")
    ] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="Of each workload; 3.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.05, help="Length of a round; 1. wrk takes whole ones.")
    ] = None,
    starts: Annotated[int, typer.Option(min=1, help="Starts of the command.")] = STARTS,
    only: Annotated[Part | None, typer.Option(help="One part alone.")] = None,
    workload: Annotated[list[str] | None, typer.Option(help="A letter; may be repeated.")] = None,
    peer: Annotated[list[str] | None, typer.Option(help="A peer; may be repeated.")] = None,
    generator: Annotated[Generator, typer.Option(help="What sends the load.")] = Generator.AUTO,
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Where all figures go.")
    ] = None,
    svg_file: Annotated[
        Path | None, typer.Option("--svg", dir_okay=False, help="Where a plot of them goes.")
    ] = None,
) -> None:
    """Measure start-up, and requests against peers, on this machine."""
    chosen, generate = choose(generator)
    measuring = Measuring(
        rounds=rounds or (5 if full else 3),
        seconds=seconds or (3 if full else 1),
        generate=generate,
        say=_say,
    )
    options = Options(full, starts, only, _chosen(workload, full=full), _known(peer), measuring)
    report = Report(describe(), chosen, measuring.rounds, measuring.seconds)
    try:
        _run(options, report)
    except (AnswerError, GroundError, LoadError, PadstoneError, ServerError) as error:
        _progress.print(f"error: {error}", style="red", markup=False)
        raise typer.Exit(1) from None
    report.print(Console(width=None if sys.stdout.isatty() else WIDTH))
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    if svg_file is not None:
        svg_file.write_text(plot.draw(report))


def _chosen(letters: list[str] | None, *, full: bool = False) -> list[Workload]:
    known = {one.letter: one for one in WORKLOADS}
    for letter in letters or ():
        if letter not in known:
            raise typer.BadParameter(f"{letter!r} is none of {', '.join(known)}")
    usual = [one for one in WORKLOADS if full or one.is_short]
    return [one for one in WORKLOADS if one.letter in letters] if letters else usual


def _known(peers: list[str] | None) -> list[str] | None:
    for name in peers or ():
        if name not in SERVERS:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(SERVERS)}")
    return peers or None


def _run(options: Options, report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="padstone-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # where root measures, PostgreSQL's user has to reach its data
        if options.only is not Part.REQUESTS:
            _measure_start_up(options, report, folder)
        if options.only is not Part.START_UP:
            names = {name for one in options.workloads for name in options.contestants(one)}
            if any(SERVERS[name].needs for name in names):
                report.missing |= packages.install(_say)
            _measure_requests(options, report, folder)


def _measure_start_up(options: Options, report: Report, folder: Path) -> None:
    _say("start-up: the command and the services")
    few = max(1, options.starts // 5)
    report.beginnings += startup.of_commands(options.starts)
    report.beginnings += startup.of_services(folder, few)
    _say("start-up: the server")
    with ground(folder, ["accounts"]) as sites:
        found = startup.of_server(sites["accounts"], folder / "server.log", few)
    report.beginnings.append(found)


def _measure_requests(options: Options, report: Report, folder: Path) -> None:
    wanted = {
        site
        for one in options.workloads
        for site in (one.system, *(SERVERS[name].site for name in options.contestants(one)))
        if site
    }
    with ExitStack() as stack:
        with pinned(split_cores().rest):  # what is started here stays there
            _say(f"requests: rows for {', '.join(sorted(wanted))}")
            sites = stack.enter_context(ground(folder, sorted(wanted)))
        ordered = sorted(options.workloads, key=lambda one: one.system)
        for _, workloads in groupby(ordered, key=lambda one: one.system):
            _measure_system(options, report, list(workloads), sites, folder)
    report.figures.sort(key=lambda one: WORKLOADS.index(one.workload))


def _measure_system(
    options: Options,
    report: Report,
    workloads: list[Workload],
    sites: dict[str, Site],
    folder: Path,
) -> None:
    with ExitStack() as stack:
        names = [name for one in workloads for name in options.contestants(one)]
        servers = _started(names, workloads[0].system, sites, report, folder, stack)
        for workload in workloads:
            contest = {
                name: servers[name] for name in options.contestants(workload) if name in servers
            }
            _say(f"{workload.letter} {workload.title}: whether the servers answer alike")
            with pinned(split_cores().rest):
                for server in contest.values():
                    walk_to_the_middle(server, workload)
                verify(contest, workload)
                report.figures += measure(workload, contest, options.measuring)


def _started(
    names: list[str],
    system: str,
    sites: dict[str, Site],
    report: Report,
    folder: Path,
    stack: ExitStack,
) -> dict[str, Server]:
    """The servers by name. A peer that does not come is missing from the report, and named."""
    servers = {}
    for name in dict.fromkeys(names):
        kind = SERVERS[name]
        if kind.needs in report.missing:
            continue
        log = folder / f"{name}-{system}.log"
        try:
            server = stack.enter_context(
                serving(name, sites[kind.site or system], log, split_cores().server)
            )
        except ServerError as error:
            if not kind.needs:
                raise
            report.missing[name] = str(error).strip().rpartition("\n")[2]
        else:
            servers[name] = server
    return servers


def _say(sentence: str) -> None:
    _progress.print(sentence, style="dim", markup=False)


if __name__ == "__main__":
    # Whoever ends this ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    typer.run(main)
