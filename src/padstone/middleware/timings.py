"""How long requests take and how many are running: counted at each, and shown seldom."""

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge, Histogram, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

__all__ = ["SHARED", "Timings", "timings"]

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the numbers of several processes meet."""

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Labels = tuple[str, str, int]
"""Method, template of the route, and status."""


class Timings(Protocol):
    """What is counted at each request."""

    def started(self) -> None:
        """A request is running."""

    def finished(self, labels: Labels, seconds: float) -> None:
        """It is no more, and took this long."""


def timings(registry: CollectorRegistry) -> Timings:
    """Those of this process in plain numbers, or of several in the files that they share."""
    return _Shared(registry) if SHARED in os.environ else _Own(registry)


def _histogram(registry: CollectorRegistry | None) -> Histogram:
    return Histogram(
        "http_request_duration_seconds",
        "Time from the request's arrival to the end of its response.",
        ("method", "route", "status"),
        buckets=_BUCKETS,
        registry=registry,
    )


def _running(registry: CollectorRegistry) -> Gauge:
    return Gauge(
        "http_requests_in_progress",
        "Requests that are being answered.",
        registry=registry,
        multiprocess_mode="livesum",
    )


class _Own(Collector):
    """Counts without locks, in the one thread of the event loop."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # It counts nothing. Its samples are shown, with our numbers in the place of its own.
        self._shape = _histogram(None)
        self._rows: dict[Labels, list[float]] = {}
        self._now = 0
        registry.register(self)
        _running(registry).set_function(lambda: self._now)

    def started(self) -> None:
        self._now += 1

    def finished(self, labels: Labels, seconds: float) -> None:
        self._now -= 1
        row = self._rows.get(labels)
        if row is None:
            self._shape.labels(*labels)
            # One number for each bucket, one for what is longer than all, and the sum.
            row = self._rows[labels] = [0.0] * (len(_BUCKETS) + 2)
        row[bisect_left(_BUCKETS, seconds)] += 1
        row[-1] += seconds

    def describe(self) -> Iterable[Metric]:
        """The names, so that the registry refuses them to anybody else."""
        return self._shape.describe()

    def collect(self) -> Iterator[Metric]:
        """As prometheus_client's own histogram."""
        for metric in self._shape.collect():
            rows = {
                (method, route, str(status)): tuple(row)
                for (method, route, status), row in list(self._rows.items())
            }
            metric.samples = [_with_numbers(sample, rows) for sample in metric.samples]
            yield metric


def _with_numbers(sample: Sample, rows: Mapping[tuple[str, str, str], Sequence[float]]) -> Sample:
    labels = sample.labels
    row = rows.get((labels["method"], labels["route"], labels["status"]))
    if row is None:  # it began between two looks
        return sample
    if sample.name.endswith("_bucket"):
        last = bisect_left(_BUCKETS, float(labels["le"])) + 1
        return sample._replace(value=sum(row[:last]))
    if sample.name.endswith("_count"):
        return sample._replace(value=sum(row[:-1]))
    if sample.name.endswith("_sum"):
        return sample._replace(value=row[-1])
    return sample


class _Shared:
    """Writes each number where the other processes find it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._duration = _histogram(registry)
        self._in_progress = _running(registry)
        # Looking up a labelled child costs more than the observation itself.
        self._children: dict[Labels, Histogram] = {}

    def started(self) -> None:
        self._in_progress.inc()

    def finished(self, labels: Labels, seconds: float) -> None:
        self._in_progress.dec()
        child = self._children.get(labels)
        if child is None:
            child = self._children[labels] = self._duration.labels(*labels)
        child.observe(seconds)
