"""The benchmarks are scripts beside the library; their modules are found in their folder."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))


@pytest.fixture
def machine() -> dict[str, Any]:
    system = {"system": "CP/M 2.2", "python": "CPython 3.11"}
    return {"cpu": "Z80", "cores": 2, "load": 0.5, **system}


@pytest.fixture
def make_report(machine: dict[str, Any]) -> Callable[..., Any]:
    from generators import Generator
    from report import Report
    from rounds import Figures, Round
    from startup import Beginning
    from workloads import WORKLOADS

    def make(share: float = 0.95, generator: Generator = Generator.WRK) -> Report:
        made = Report(machine, generator, 2, 1.0)
        made.beginnings.append(Beginning("padstone --help", [0.2, 0.1, 0.3], [0.1, 0.1, 0.1]))
        made.beginnings.append(Beginning("services, cold", [2.0]))
        for server, rate in (("padstone", 200.0), ("fastapi", 100.0)):
            used = 1e6 / rate
            rounds = [Round(10, rate, 1, 2, used, share), Round(10, rate, 1, 2, used / 2, 1)]
            made.figures.append(Figures(WORKLOADS[0], server, rounds))
        return made

    return make
