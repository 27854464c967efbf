"""Plain numbers show the same text as prometheus_client's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from padstone.middleware import timings as module
from padstone.middleware.timings import SHARED, timings

CREATED = re.compile(r"(_created\{.*\}) .*")
BOUNDS = st.sampled_from([0.0, *module._BUCKETS, 11.0])
finished = st.tuples(
    st.tuples(
        st.sampled_from(["GET", "OTHER"]),
        st.sampled_from(["/things/{id}", "unmatched", 'quo"te\\\n', "/ü"]),
        st.sampled_from([200, 404, 499]),
    ),
    BOUNDS | st.floats(0, 20),
)


def shown(registry: CollectorRegistry) -> str:
    """The text, without the time at which each series began."""
    return CREATED.sub(r"\1", generate_latest(registry).decode())


@given(st.lists(finished, max_size=30), st.integers(0, 3))
def test_the_text_is_prometheus_clients(
    all_finished: list[tuple[module.Labels, float]], running: int
) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    for counted in (module._Own(ours), module._Shared(theirs)):
        for labels, seconds in all_finished:
            counted.started()
            counted.finished(labels, seconds)
        for _ in range(running):
            counted.started()
    assert shown(ours) == shown(theirs)


def test_when_a_series_began_is_told() -> None:
    registry = CollectorRegistry()
    timings(registry).finished(("GET", "/a", 200), 0.1)
    [created] = re.findall(r"_created\{.*\} (.*)", generate_latest(registry).decode())
    assert float(created) > 1e9


def test_a_name_is_taken_once() -> None:
    registry = CollectorRegistry()
    timings(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        timings(registry)


def test_several_processes_share_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(timings(CollectorRegistry()), module._Own)
    monkeypatch.setenv(SHARED, "/nowhere")  # nothing is written before prometheus_client reads it
    assert isinstance(timings(CollectorRegistry()), module._Shared)
