"""Which load generator there is."""

from collections.abc import Callable
from enum import StrEnum

import load
import wrk
from plans import Plan, Result

__all__ = ["NOTE", "Generator", "choose"]

NOTE = (
    "The load came from the generator in Python and not from wrk: from some 5,000 requests a "
    "second on it is what limits a figure. Go by the CPU there."
)


class Generator(StrEnum):
    """What sends the requests."""

    AUTO = "auto"
    WRK = "wrk"
    PYTHON = "python"


def choose(wanted: Generator) -> tuple[Generator, Callable[[Plan], Result]]:
    """What is wanted; else wrk where it is there."""
    if wanted is Generator.WRK or (wanted is Generator.AUTO and wrk.is_there()):
        return Generator.WRK, wrk.run
    return Generator.PYTHON, load.run
