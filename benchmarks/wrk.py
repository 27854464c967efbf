"""The load generator wrk, which costs a server's neighbour on the machine next to nothing."""

import json
import math
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from plans import COUNTER, LoadError, Plan, Result

__all__ = ["is_there", "run"]

_SCRIPT = Path(__file__).with_name("wrk.lua")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /:.,_-{}=?&")


def is_there() -> bool:
    """Whether it is installed; Debian has it as a package of its own."""
    return shutil.which("wrk") is not None


def run(plan: Plan) -> Result:
    """Carries out ``plan``, in whole seconds. Raises ``LoadError``.

    wrk tells errors from answers, and not one good status from another, so the answers are to be
    verified before.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(_as_lua(plan))
        file.flush()
        done = subprocess.run(  # noqa: S603
            [  # noqa: S607
                "wrk",
                "--threads=1",
                f"--connections={plan.connections}",
                f"--duration={math.ceil(plan.seconds)}s",
                "--timeout=20s",
                f"--script={_SCRIPT}",
                f"http://127.0.0.1:{plan.port}",
            ],
            env={**os.environ, "BENCHMARK_PLAN": file.name},
            capture_output=True,
            text=True,
            check=False,
        )
    return _read(done.stdout, done.stderr, plan.connections)


def _read(said: str, complained: str, connections: int) -> Result:
    last = said.rstrip().rpartition("\n")[2]
    try:
        found = json.loads(last)
    except ValueError:
        raise LoadError(f"wrk says {said[-500:]} {complained[-500:]}") from None
    if found["refused"] or found["broken"] or not found["count"]:
        raise LoadError(
            f"{found['refused']} of {found['count']} answers are errors, {found['broken']} did not "
            "come"
        )
    seconds = found["microseconds"] / 1e6
    # When the time is over it leaves, and does not count what each connection was waiting for. On
    # average half of that was done: with slow servers and short rounds that is no small part.
    count = found["count"] + connections // 2
    return Result(count, seconds, found["p50"] / 1000, found["p99"] / 1000)


def _as_lua(plan: Plan) -> str:
    requests = ", ".join(
        "{" + ", ".join(_quoted(part) for part in request.split(COUNTER, 1)) + "}"
        for request in plan.requests
    )
    # From the clock, so that no two plans count alike.
    first = time.time_ns() // 1_000_000 % 10**9 * 1000
    return f"return {{first = {first}, requests = {{{requests}}}}}"


def _quoted(text: str) -> str:
    return '"' + "".join(chr(b) if b in _PLAIN else f"\\{b:03}" for b in text.encode()) + '"'
