"""What a load generator is to do, and what came of it."""

from dataclasses import dataclass

__all__ = ["COUNTER", "LoadError", "Plan", "Result"]

COUNTER = "@@@@@@@@@@@@"
"""Where a request has this, each one sent gets another number of as many digits."""


class LoadError(Exception):
    """The server did not answer as the plan expects, so there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``connections`` of them send ``requests`` in turn, again and again, for ``seconds``.

    Each sends its next one when the answer to its last one is complete. ``statuses`` are the
    answers that count as right.
    """

    port: int
    requests: list[str]
    statuses: list[int]
    seconds: float
    connections: int = 32


@dataclass(frozen=True, slots=True)
class Result:
    """``seconds`` is the time to the last answer. ``failure`` is the first wrong answer."""

    count: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failure: str = ""
