"""Numbers for Prometheus, with few labels, also of several processes."""

import os
import subprocess
import sys
from pathlib import Path

from padstone.middleware import Metrics

OBSERVE = """
from padstone.middleware import Metrics
metrics = Metrics()
metrics.started()
metrics.finished("GET", "/things/{id}", 200, 0.002)
metrics.pool({"in_use": 2, "idle": 1, "size": 5})
print(metrics.render().decode())
"""


def test_requests_are_counted_by_method_route_and_status() -> None:
    metrics = Metrics()
    for _ in range(2):
        metrics.started()
    metrics.finished("GET", "/things/{id}", 200, 0.002)
    text = metrics.render().decode()
    label = 'method="GET",route="/things/{id}",status="200"'
    assert f"http_request_duration_seconds_count{{{label}}} 1.0" in text
    assert f'http_request_duration_seconds_bucket{{le="0.0025",{label}}} 1.0' in text
    assert "http_requests_in_progress 1.0" in text


def test_an_invented_method_makes_no_label_of_its_own() -> None:
    metrics = Metrics()
    for method in ("BREW", "PROPFIND", "A" * 1000):
        metrics.started()
        metrics.finished(method, "unmatched", 405, 0.001)
    text = metrics.render().decode()
    assert 'http_request_duration_seconds_count{method="OTHER"' in text
    assert "BREW" not in text


def test_the_pool_is_shown_by_state() -> None:
    metrics = Metrics()
    metrics.pool({"in_use": 2, "idle": 1, "size": 5})
    assert 'database_pool_connections{state="in_use"} 2.0' in metrics.render().decode()


def test_jobs_are_shown_by_task_and_state() -> None:
    metrics = Metrics()
    metrics.jobs({("note", "queued"): 3, ("note", "failed"): 0}, 12.5)
    text = metrics.render().decode()
    assert 'jobs{state="queued",task="note"} 3.0' in text
    assert 'jobs{state="failed",task="note"} 0.0' in text
    assert "jobs_late_seconds 12.5" in text


def test_two_applications_do_not_share_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.started()
    assert "http_requests_in_progress 0.0" in other.render().decode()


def test_each_of_several_processes_answers_for_all(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    texts = [
        subprocess.run(
            [sys.executable, "-c", OBSERVE],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    label = '{method="GET",route="/things/{id}",status="200"}'
    assert f"http_request_duration_seconds_count{label} 2.0" in texts[-1]
