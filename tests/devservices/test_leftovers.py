"""A keeper is gone, and something of its set is not."""

import subprocess
from pathlib import Path
from typing import Any

from padstone.devservices.layout import Layout
from padstone.devservices.leftovers import sweep
from padstone.devservices.process import names
from padstone.devservices.record import Running, State, read_state, write_state


def test_what_is_ours_is_ended_and_what_is_not_is_left(root: Path, until: Any) -> None:
    layout = Layout.of(root)
    layout.create()
    cluster, s3 = layout.data / "postgres-18", layout.data / "s3"
    cluster.mkdir()

    def process(*arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["sleep", "60"] if not arguments else ["sh", "-c", "read _", *map(str, arguments)],
            stdin=subprocess.PIPE,
        )

    valkey_conf = layout.home / "valkey.conf"
    with process(cluster) as postgres, process(valkey_conf) as valkey, process() as stranger:
        until(lambda: names(postgres.pid, cluster) and names(valkey.pid, valkey_conf))
        (cluster / "postmaster.pid").write_text(f"{postgres.pid}\n")
        write_state(layout, _state(layout, valkey.pid, s3, stranger.pid))
        sweep(layout)
        assert postgres.wait() != 0
        assert valkey.wait() != 0
        assert stranger.poll() is None
        stranger.kill()
    assert read_state(layout) is None
    assert not (cluster / "postmaster.pid").exists()


def _state(layout: Layout, valkey: int, s3: Path, stranger: int) -> State:
    def running(pid: int, data: Path) -> Running:
        return {
            "pid": pid,
            "is_up": True,
            "port": 1,
            "program": "",
            "since": 0.0,
            "data": str(data),
        }

    return {
        "phase": "ready",
        "keeper": 1,
        "said": [],
        "notes": [],
        "timings": {},
        "services": {
            "valkey": running(valkey, layout.data / "valkey"),
            "s3": running(stranger, s3),
        },
        "error": "",
    }
