"""Numbers for Prometheus: how long requests take, how full the pool is, how many jobs wait."""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from padstone.middleware.timings import SHARED, timings

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The metrics of one application, in a registry of its own.

    With several worker processes, PROMETHEUS_MULTIPROC_DIR (set by ``padstone serve``) makes each
    answer for all.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._make_own()
        self._make_of_services()

    def _make_own(self) -> None:
        """The numbers of requests, limits and jobs."""
        self._requests = timings(self._registry)
        # Every process counts all jobs there are, so that the last one to look is right.
        self._jobs = Gauge(
            "jobs",
            "Background jobs by task and state: queued, running, failed.",
            ("task", "state"),
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._jobs_late = Gauge(
            "jobs_late_seconds",
            "For how long the job that waits longest has been due.",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._limits = Counter(
            "rate_limit_decisions_total",
            "Rate limits by outcome: allowed, refused, and fallback where Redis did not answer.",
            ("outcome",),
            registry=self._registry,
        )

    def _make_of_services(self) -> None:
        """The numbers of what is asked: the database, Redis and services elsewhere."""
        self._pool = Gauge(
            "database_pool_connections",
            "Connections of the pool by state: in_use, idle, and size, the most allowed.",
            ("state",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._outbound = Histogram(
            "outbound_request_duration_seconds",
            "Time until a service elsewhere answered, by host (guarded: users' addresses).",
            ("host", "outcome"),
            registry=self._registry,
        )
        self._cache = Counter(
            "cache_requests_total",
            "Questions to the cache by outcome: hit, stale, miss, waited, passed without Redis.",
            ("outcome",),
            registry=self._registry,
        )
        self._redis_failures = Counter(
            "redis_failures_total",
            "Calls of Redis that failed.",
            registry=self._registry,
        )
        self._redis_open = Gauge(
            "redis_breaker_open",
            "In how many processes Redis counts as down, so that calls fail at once.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

    def started(self) -> None:
        """Counts a request as running."""
        self._requests.started()

    def finished(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request as answered. ``route`` is the template, so that labels stay few."""
        known = method if method in _METHODS else "OTHER"
        self._requests.finished((known, route, status), seconds)

    def pool(self, status: dict[str, int]) -> None:
        """Takes the pool's present numbers."""
        for state, count in status.items():
            self._pool.labels(state).set(count)

    def cached(self, outcome: str) -> None:
        """Counts one question to the cache."""
        self._cache.labels(outcome).inc()

    def redis_failed(self) -> None:
        """Counts one call of Redis that failed."""
        self._redis_failures.inc()

    def redis(self, *, is_open: bool) -> None:
        """Takes the present state of the breaker."""
        self._redis_open.set(is_open)

    def limited(self, outcome: str) -> None:
        """Counts one decision of the rate limiter."""
        self._limits.labels(outcome).inc()

    def jobs(self, counts: Mapping[tuple[str, str], int], late: float) -> None:
        """Takes the number of jobs by task and state, and the seconds that one waits at most."""
        for (task, state), count in counts.items():
            self._jobs.labels(task, state).set(count)
        self._jobs_late.set(late)

    def outbound_call(self, host: str, outcome: str, seconds: float) -> None:
        """Counts one exchange with a service elsewhere: its status, or its error's code."""
        self._outbound.labels(host, outcome).observe(seconds)

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
