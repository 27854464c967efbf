import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from padstone.cli.doctor.port import listener, port

SERVER = """
import socket, sys
taken = socket.create_server(("127.0.0.1", 0))
print(taken.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def _server(folder: Path, *words: str) -> Iterator[tuple[int, int]]:
    """A process that listens, and its port. ``words`` are the end of its command line."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, *words],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        assert process.stdin is not None
        process.stdin.close()


def test_a_free_port(tmp_path: Path) -> None:
    assert port("127.0.0.1", 0, tmp_path).verdict == "ok"


def test_a_taken_port_names_its_process(tmp_path: Path) -> None:
    with _server(tmp_path, "the-taker") as (pid, number):
        found = port("127.0.0.1", number, tmp_path)
    assert found.verdict == "error"
    assert f"process {pid} (" in found.what
    assert "the-taker" in found.what
    assert found.mend.startswith(f"End it (kill {pid}), or choose another: PORT=")
    assert int(found.mend.rpartition("=")[2]) > number


def test_the_system_itself_may_have_it(tmp_path: Path) -> None:
    with _server(tmp_path, "padstone", "serve") as (pid, number):
        found = port("127.0.0.1", number, tmp_path)
        other = port("127.0.0.1", number, tmp_path / "another")
    assert found.verdict == "ok"
    assert f"process {pid}" in found.what
    assert other.verdict == "error"


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    found = port("192.0.2.1", 8000, tmp_path)
    assert found.verdict == "error"
    assert found.what == "192.0.2.1 is no address of this machine."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may listen anywhere")
def test_a_port_for_root_alone(tmp_path: Path) -> None:
    unprivileged = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not unprivileged.exists() or int(unprivileged.read_text()) <= 1:
        pytest.skip("this system lets everybody listen anywhere")
    assert port("127.0.0.1", 1, tmp_path).what == "127.0.0.1:1 is for root alone."


def test_nobody_listens_on_a_port_that_is_only_bound() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert listener(bound.getsockname()[1]) is None
