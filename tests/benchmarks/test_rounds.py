from rounds import BOUND, Figures, Ratio, Round, ratios
from workloads import WORKLOADS


def figures(server: str, *rates: float, cpu_us: float | None = 100, share: float = 1) -> Figures:
    rounds = [Round(10, rate, 1, 2, cpu_us, share) for rate in rates]
    return Figures(WORKLOADS[0], server, rounds)


def test_ratios_are_taken_pair_by_pair() -> None:
    # The machine became slower after the first round, and both with it.
    rate, cpu = ratios(
        figures("padstone", 300, 30, 30), figures("fastapi", 100, 10, 20, cpu_us=150)
    )
    assert rate == Ratio(3, 1.5, 3)
    assert cpu == Ratio(1.5, 1.5, 1.5)


def test_there_is_no_ratio_of_what_was_not_measured() -> None:
    _, cpu = ratios(figures("padstone", 1), figures("fastapi", 1, cpu_us=None))
    assert cpu is None
    assert figures("fastapi", 1, cpu_us=None).middle("cpu_us") is None


def test_a_server_that_had_too_little_of_its_core_was_not_the_limit() -> None:
    assert figures("fastapi", 1, share=BOUND).is_bound
    assert not figures("fastapi", 1, share=BOUND - 0.01).is_bound
