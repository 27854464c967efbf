"""What is asked of the servers, under the letters by which the figures are known."""

import json
from dataclasses import dataclass
from typing import Literal

from load import COUNTER

__all__ = ["ROWS", "WORKLOADS", "Caller", "Workload"]

ROWS = 20
"""The movements that a reader's account has, which is one page."""

Caller = Literal["nobody", "reader", "spender"]


@dataclass(frozen=True, slots=True)
class Workload:
    """One request. ``peers`` names the servers that answer it besides ours."""

    letter: str
    title: str
    method: str
    path: str
    caller: Caller = "nobody"
    body: str = ""
    status: int = 200
    peers: tuple[str, ...] = ()

    def request(self, secret: str) -> str:
        """The request as it goes over the wire, from the caller whose key is ``secret``."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
        if secret:
            lines.append(f"Authorization: Bearer {secret}")
        if self.method == "POST":
            lines.append(f"Content-Length: {len(self.body)}")
        if self.body:
            lines.append("Content-Type: application/json")
        return "\r\n".join([*lines, "", self.body])


_DEBIT = json.dumps({"amount_micros": 1, "key": f"benchmark-{COUNTER}", "reference": "benchmark"})

WORKLOADS = (
    Workload("A", "liveness", "GET", "/health/live", peers=("bare", "orm")),
    Workload("A'", "service health", "GET", "/health", peers=("bare",)),
    Workload("E", "validate a key", "POST", "/api/v1/auth/validate", "reader", peers=("orm",)),
    Workload(
        "C",
        f"list {ROWS} rows",
        "GET",
        f"/api/v1/credits/entries?limit={ROWS}",
        "reader",
        peers=("orm",),
    ),
    Workload("D", "spend credits", "POST", "/api/v1/credits/debits", "spender", _DEBIT, 201),
)
