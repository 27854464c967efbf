"""The measurement of requests: short rounds, in which the servers take turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import load
from plans import Plan, Result
from servers import Server
from workloads import Workload

__all__ = ["BOUND", "Figures", "Measuring", "Ratio", "Round", "measure", "ratios"]

BOUND = 0.85
"""The share of its core from which on a server counts as what limits the figure."""

_WARM_UP_SECONDS = 0.3  # not by wrk, which takes whole seconds


@dataclass(frozen=True, slots=True)
class Round:
    """One server under one workload for a few seconds.

    ``cpu_us`` is the server's computing time per request, ``share`` how much of a core it had;
    both are ``None`` where the system does not say.
    """

    count: int
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All rounds of one server under one workload."""

    workload: Workload
    server: str
    rounds: list[Round]

    def middle(self, name: str) -> float | None:
        """The median over the rounds; ``None`` where it was not measured."""
        values = [getattr(one, name) for one in self.rounds]
        return None if None in values else median(values)

    @property
    def is_bound(self) -> bool:
        """Whether the server was what limited the figure, as far as anybody can say."""
        share = self.middle("share")
        return share is None or share >= BOUND


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours to a peer's, pair by pair: the median, and the pairs that were farthest apart."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Measuring:
    """How often and how long, and by which load generator."""

    rounds: int
    seconds: float
    generate: Callable[[Plan], Result]
    say: Callable[[str], None]


def measure(
    workload: Workload, servers: Mapping[str, Server], measuring: Measuring
) -> list[Figures]:
    """The figures of the servers, in their order, of which the first is ours.

    Within a round the servers come right after each other, so that what else the machine does
    meets all of them; who begins changes from round to round.
    """
    names = list(servers)
    figures = {name: Figures(workload, name, []) for name in names}
    for name in names:
        _round(workload, servers[name], min(_WARM_UP_SECONDS, measuring.seconds), load.run)
    for number in range(measuring.rounds):
        measuring.say(
            f"{workload.letter} {workload.title}: round {number + 1} of {measuring.rounds}"
        )
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found = _round(workload, servers[name], measuring.seconds, measuring.generate)
            figures[name].rounds.append(found)
    return list(figures.values())


def ratios(ours: Figures, peer: Figures) -> tuple[Ratio, Ratio | None]:
    """How many times as fast ours is: by requests per second, and by computing time."""
    pairs = list(zip(ours.rounds, peer.rounds, strict=True))
    rate = _ratio([mine.rate / theirs.rate for mine, theirs in pairs])
    cpu = [theirs.cpu_us / mine.cpu_us for mine, theirs in pairs if mine.cpu_us and theirs.cpu_us]
    return rate, _ratio(cpu) if len(cpu) == len(pairs) else None


def _ratio(values: Sequence[float]) -> Ratio:
    return Ratio(median(values), min(values), max(values))


def _round(
    workload: Workload, server: Server, seconds: float, generate: Callable[[Plan], Result]
) -> Round:
    requests = workload.requests(server.site.callers[workload.caller])
    plan = Plan(server.port, requests, workload.statuses, seconds, workload.connections)
    before = server.cpu_seconds()
    result = (load.run if workload.takes_long else generate)(plan)
    after = server.cpu_seconds()
    server.settle()  # what the generator has left behind must not burden the next one
    used = None if before is None or after is None else after - before
    return Round(
        count=result.count,
        rate=result.count / result.seconds,
        p50_ms=result.p50_ms,
        p99_ms=result.p99_ms,
        cpu_us=None if used is None else used / result.count * 1e6,
        share=None if used is None else used / result.seconds,
    )
