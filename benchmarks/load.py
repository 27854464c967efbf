"""The load generator in Python, for where there is no wrk: a process of its own.

It reads a plan from standard input and writes what came of it to standard output, both JSON. It
has room for some 10,000 requests a second; beyond that it is what limits the figure.
"""

import asyncio
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import cast

import uvloop
from plans import COUNTER, LoadError, Plan, Result

__all__ = ["run"]

_PATIENCE = 20.0  # seconds that the last answers may take
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE).search
_LAST_CHUNK = b"0\r\n\r\n"  # of an answer that does not say its length


def run(plan: Plan) -> Result:
    """Carries out ``plan`` in a process of its own. Raises ``LoadError``."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, Path(__file__)],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
    )
    result = Result(**json.loads(done.stdout))
    if result.failure:
        raise LoadError(result.failure)
    return result


class _Record:
    """What all connections share."""

    def __init__(self, plan: Plan) -> None:
        self.statuses = tuple(b"HTTP/1.1 %d " % status for status in plan.statuses)
        self.deadline = time.perf_counter() + plan.seconds
        self.latencies: list[float] = []
        self.failure = ""


class _Connection(asyncio.Protocol):
    def __init__(self, record: _Record, requests: Iterator[bytes]) -> None:
        self.record = record
        self.requests = requests
        self.received = b""
        self.began = 0.0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH(head)
        if not head.startswith(self.record.statuses):
            self._end(f"unexpected answer: {self.received[:500].decode(errors='replace')}")
        elif body.endswith(_LAST_CHUNK) if length is None else len(body) >= int(length[1]):
            now = time.perf_counter()
            self.record.latencies.append(now - self.began)
            self.received = b""
            if now < self.record.deadline and not self.record.failure:
                self._send()
            else:
                self._end()

    def connection_lost(self, error: Exception | None) -> None:
        self._end("" if self.done.done() else f"the server hung up: {error}")

    def _send(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))

    def _end(self, failure: str = "") -> None:
        self.record.failure = self.record.failure or failure
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


def _in_turn(requests: list[str]) -> Iterator[bytes]:
    # From the clock, so that no two plans count alike.
    numbers = itertools.count(time.time_ns() // 1_000_000 % 10**9 * 1000)
    parts = [request.encode().partition(COUNTER.encode()) for request in requests]
    for before, counter, after in itertools.cycle(parts):
        yield b"%s%0*d%s" % (before, len(counter), next(numbers), after) if counter else before


async def _carry_out(plan: Plan) -> Result:
    requests = _in_turn(plan.requests)
    loop = asyncio.get_running_loop()
    record = _Record(plan)
    began = time.perf_counter()
    opening = []
    for _ in range(plan.connections):
        connection = _Connection(record, requests)
        opening.append(
            loop.create_connection(lambda made=connection: made, "127.0.0.1", plan.port)  # type: ignore[misc]
        )
    opened = await asyncio.gather(*opening)
    try:
        async with asyncio.timeout(plan.seconds + _PATIENCE):
            await asyncio.gather(*(connection.done for _, connection in opened))
    except TimeoutError:
        record.failure = record.failure or f"no answer within {_PATIENCE:g} s"
    seconds = time.perf_counter() - began
    latencies = sorted(record.latencies) or [0.0]
    p50, p99 = (latencies[len(latencies) * share // 100] * 1000 for share in (50, 99))
    return Result(len(record.latencies), seconds, p50, p99, record.failure)


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_carry_out(Plan(**json.load(sys.stdin)))))))
