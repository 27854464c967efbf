"""What we aim at, and what a run reached: the table of ``docs/performance.md``.

``benchmarks/aims.py FIGURES`` prints it from what ``run.py --json`` wrote; ``--write`` puts it into
the page, between the two comments that say so.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from model import CHUNKS
from servers import OURS, SERVERS

__all__ = ["AIMS", "Aim", "rendered"]

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"

Figures = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound for ``ours`` beside ``peer`` under some workloads: at least, or at most.

    What is compared is a round's ``figure``: ours divided by the peer's.
    """

    letter: str
    peer: str
    least: float | None = None
    most: float | None = None
    ours: str = OURS
    figure: str = "rate"

    @property
    def bound(self) -> str:
        """The aim in signs."""
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    def is_reached(self, ratio: float) -> bool:
        """Whether the median of the pairs is good enough."""
        if self.least is not None:
            return ratio >= self.least
        return self.most is None or ratio <= self.most


def _beside(peer: str, **least: float) -> list[Aim]:
    return [Aim(letter, peer, value) for letter, value in least.items()]


AIMS = [
    *_beside("raw-pool", B=1.0, C=1.0, D=0.9, E=1.0),
    *_beside("raw-own", B=0.7, C=0.7, D=0.7, E=0.7),
    *_beside("fastify-plugins", B=1.3, C=1.3, D=1.2, E=1.3),
    *_beside("fastify", B=1.0, C=1.0, E=1.0),
    *_beside("fastapi", B=7, C=7, D=7, E=7),
    *_beside("fastapi-features", B=10, C=10, D=10, E=10),
    *_beside("litestar", B=6, C=6, D=6, E=6),
    *_beside("django-ninja", B=8, C=8, D=8, E=8),
    Aim("B", "fastapi", least=1.4, ours="padstone-session"),
    Aim("B", "fastapi", most=0.5, ours="padstone-session", figure="p99_ms"),
    Aim("A", "fastapi", least=0.85),
    Aim("P", OURS, most=1.2, ours="padstone-million", figure="p50_ms"),
]
"""As the owners wrote them down before anything was built."""


def rendered(run: dict[str, Any]) -> str:
    """The tables in Markdown."""
    figures = {(one["letter"], one["server"]): one for one in run["requests"]}
    machine, options = run["machine"], run["options"]
    about = f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}, {machine['python']}"
    how = f"{options['rounds']} rounds of {options['seconds']:g} s, load by {options['generator']}"
    lines = [
        f"{about}; {how}.",
        "",
        "| workload | ours | beside | figure | aim | reached | least to most | |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(aim, figures) for aim in AIMS),
        "",
        *_streaming(figures),
        *_start_up(run),
    ]
    return "\n".join(lines).rstrip() + "\n"


_NAMES = {"rate": "requests/s", "p50_ms": "p50", "p99_ms": "p99"}


def _row(aim: Aim, figures: Figures) -> str:
    head = f"| {aim.letter} | {aim.ours} | {aim.peer} | {_NAMES[aim.figure]} | {aim.bound} |"
    ours, theirs = figures.get((aim.letter, aim.ours)), figures.get((aim.letter, aim.peer))
    if ours is None or theirs is None:
        return f"{head} not measured | | |"
    pairs = zip(ours["rounds"], theirs["rounds"], strict=True)
    found = [mine[aim.figure] / its[aim.figure] for mine, its in pairs]
    remarks = [] if aim.is_reached(median(found)) else ["**missed**"]
    unbound = [one["server"] for one in (ours, theirs) if not one["is_bound"]]
    if unbound:
        remarks.append(f"{' and '.join(unbound)} had no whole core")
    spread = f"{min(found):.2f} to {max(found):.2f}"
    return f"{head} {median(found):.2f} | {spread} | {'; '.join(remarks)} |"


def _streaming(figures: Figures) -> Iterator[str]:
    used = {
        server: median(one["cpu_us"] for one in found["rounds"])
        for (letter, server), found in figures.items()
        if letter == "T"
    }
    if used:
        each = ", ".join(
            f"{SERVERS[name].title} {value / CHUNKS:.0f} µs" for name, value in used.items()
        )
        yield f"Computing time for a chunk of a streamed completion: {each}."
        yield ""


def _start_up(run: dict[str, Any]) -> Iterator[str]:
    if run["start_up"]:
        yield "| start | median s | CPU s |"
        yield "|---|---|---|"
    for one in run["start_up"]:
        cpu = f"{median(one['cpu_seconds']):.2f}" if one["cpu_seconds"] else ""
        yield f"| {one['name']} | {one['median']:.2f} | {cpu} |"


def main(
    figures: Annotated[Path, typer.Argument(exists=True, help="What run.py --json wrote.")],
    *,
    write: Annotated[bool, typer.Option("--write", help=f"Into {_PAGE.name}.")] = False,
) -> None:
    """Show what was aimed at and what was reached."""
    table = rendered(json.loads(figures.read_text()))
    if not write:
        print(table)
        return
    before, _, rest = _PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _PAGE.write_text(f"{before}{_BEGIN}\n\n{table}\n{_END}{after}")


if __name__ == "__main__":
    typer.run(main)
