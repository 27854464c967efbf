from collections.abc import Callable
from typing import Any

import pytest
from guard import baseline_of, worse
from report import Report


def baseline(median: float, *, spread: float = 0.05, is_bound: bool = True) -> dict[str, Any]:
    rate = {"median": median, "least": median - spread, "most": median + spread}
    cpu = {"median": 1.0, "least": 0.9, "most": 1.1}
    return {"ratios": {"B fastapi": {"rate": rate, "cpu": cpu, "is_bound": is_bound}}}


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (baseline(1.0), []),
        (baseline(3.0), []),
        (baseline(0.9), []),  # a tie
        (baseline(0.8, spread=0.3), []),  # too far apart to say so
        (baseline(0.8), ["B fastapi: 0.80 by rate, and it was 1.00."]),
        (baseline(0.1, is_bound=False), []),  # the computing time is what it was
        ({"ratios": {}}, []),
    ],
)
def test_what_is_worse(now: dict[str, Any], found: list[str]) -> None:
    assert worse(baseline(1.0), now) == found


def test_a_runs_ratios_are_kept_by_workload_and_peer(make_report: Callable[..., Report]) -> None:
    kept = baseline_of(make_report().as_json())
    assert kept["ratios"]["A fastapi"]["rate"]["median"] == 2.0
    assert kept["ratios"]["A fastapi"]["is_bound"]
    assert list(kept["ratios"]) == ["A fastapi"]
    assert kept["machine"]["cpu"] == "Z80"


def test_a_ratio_counts_by_rate_only_where_both_servers_were_the_limit(
    make_report: Callable[..., Report],
) -> None:
    kept = baseline_of(make_report(share=0.2).as_json())
    assert not kept["ratios"]["A fastapi"]["is_bound"]
