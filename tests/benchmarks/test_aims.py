from collections.abc import Callable

import pytest
from aims import AIMS, Aim, rendered
from report import Report
from servers import SERVERS
from workloads import WORKLOADS


@pytest.mark.parametrize(
    ("aim", "bound", "good", "bad"),
    [
        (Aim("B", "fastapi", least=7), "≥ 7", 7.0, 6.9),
        (Aim("B", "fastapi", most=0.5), "≤ 0.5", 0.5, 0.51),
    ],
)
def test_an_aim_is_a_bound(aim: Aim, bound: str, good: float, bad: float) -> None:
    assert aim.bound == bound
    assert aim.is_reached(good)
    assert not aim.is_reached(bad)


def test_every_aim_is_measured_in_a_full_run() -> None:
    measured = {one.letter: {*one.peers, "padstone"} for one in WORKLOADS}
    assert all({aim.ours, aim.peer} <= measured[aim.letter] & set(SERVERS) for aim in AIMS)


def test_what_was_reached_is_shown_beside_what_was_not(
    make_report: Callable[..., Report],
) -> None:
    table = rendered(make_report(share=0.2).as_json())
    reached = "| A | padstone | fastapi | requests/s | ≥ 0.85 | 2.00 | 2.00 to 2.00 |"
    assert f"{reached} padstone and fastapi had no whole core |" in table
    assert "| B | padstone | raw-pool | requests/s | ≥ 1 | not measured | | |" in table
    assert "| padstone --help | 0.20 | 0.10 |" in table
    assert "missed" not in table


def test_what_was_missed_says_so(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aims.AIMS", [Aim("A", "fastapi", least=2.5)])
    assert "2.00 to 2.00 | **missed** |" in rendered(make_report().as_json())
