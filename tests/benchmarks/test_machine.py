import os
import signal
import subprocess
import sys

import pytest
from machine import cpu_seconds, describe, pinned, split_cores

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and pins")


def test_the_parts_share_no_core() -> None:
    server, rest = split_cores()
    assert (server is None) == (rest is None)
    if server is not None and rest is not None:
        assert len(server) == 1
        assert not server & rest


@on_linux
def test_cores_are_given_back() -> None:
    before = os.sched_getaffinity(0)
    one = frozenset([min(before)])
    with pinned(one):
        assert os.sched_getaffinity(0) == one
    assert os.sched_getaffinity(0) == before


@on_linux
def test_computing_time_grows() -> None:
    before = cpu_seconds(os.getpid())
    assert before is not None
    while cpu_seconds(os.getpid()) == before:
        sum(range(10_000))


@on_linux
def test_what_children_compute_counts() -> None:
    spin = f"{sys.executable} -c 'while True: pass' & wait"
    with subprocess.Popen(["/bin/sh", "-c", spin], start_new_session=True) as shell:
        try:
            while (cpu_seconds(shell.pid) or 0) < 0.05:
                assert shell.poll() is None
        finally:
            os.killpg(shell.pid, signal.SIGKILL)


def test_a_process_that_is_no_more_says_nothing() -> None:
    assert cpu_seconds(2**30) is None


def test_the_machine_has_a_name() -> None:
    about = describe()
    assert about["cpu"]
    assert about["cores"] >= 1
    assert about["python"].endswith(".".join(map(str, sys.version_info[:3])))
