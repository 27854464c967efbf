"""What is asked of the servers, under the letters by which the figures are known."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from model import CHUNKS
from plans import COUNTER

__all__ = ["ALL", "FEATURELESS", "ROWS", "WORKLOADS", "Ask", "Caller", "Kind", "Workload"]

ROWS = 20
"""How many rows a list has, which is one page."""

Kind = Literal["visitor", "user", "key", "spender"]
"""Nobody in particular, somebody with an access token, an API key, a key that may spend."""

FEATURELESS = ("raw-pool", "raw-own", "fastapi", "litestar", "django-ninja", "fastify")
ALL = ("padstone-session", *FEATURELESS, "fastapi-features", "fastify-plugins", "fastify-tuned")
_STREAMS = 8
_SHORT = ("raw-pool", "raw-own", "fastapi", "fastapi-features", "fastify-plugins")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``values`` are what stands in braces in an address: a row of its own."""

    secret: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``table`` is where the row that it writes is to be found afterwards."""

    method: str
    path: str
    body: str = ""
    status: int = 200
    table: str = ""

    def request(self, caller: Caller) -> str:
        """The request as it goes over the wire."""
        lines = [
            f"{self.method} {self.address(caller)} HTTP/1.1",
            *(f"{name}: {value}" for name, value in self.headers(caller).items()),
        ]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(self.body.encode())}")
        return "\r\n".join([*lines, "", self.body])

    def address(self, caller: Caller) -> str:
        """The path with the caller's own row in it."""
        return self.path.format(**caller.values)

    def headers(self, caller: Caller) -> dict[str, str]:
        """What a page of an allowed origin sends, so that CORS has its work."""
        sent = {"Host": "127.0.0.1", "Accept": "*/*", "Origin": "https://app.example.com"}
        if caller.secret:
            sent["Authorization"] = f"Bearer {caller.secret}"
        if self.body:
            sent["Content-Type"] = "application/json"
        return sent


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests that are sent in turn, on one system.

    ``peers`` are the servers that are measured besides ours, ``few`` those of them in a short run.
    Answers that take long are waited for at the end of a round.
    """

    letter: str
    title: str
    system: str
    asks: tuple[Ask, ...]
    caller: Kind = "visitor"
    peers: tuple[str, ...] = ALL
    few: tuple[str, ...] = _SHORT
    is_short: bool = True
    connections: int = 32
    takes_long: bool = False

    def requests(self, callers: Iterable[Caller]) -> list[str]:
        """All of them, of each caller, as they go over the wire."""
        return [ask.request(caller) for caller in callers for ask in self.asks]

    @property
    def statuses(self) -> list[int]:
        """The answers that are right."""
        return sorted({ask.status for ask in self.asks})


_RESUME = {
    "title": f"Backend {COUNTER}",
    "full_name": "Ada Lovelace",
    "label": "Backend engineer",
    "summary": "Writes programs for engines that are yet to be built, and notes on what they do.",
    "city": "London",
    "country_code": "GB",
    "profiles": [{"network": "GitHub", "username": "ada", "url": "https://example.com/ada"}],
}
_CREATE = Ask("POST", "/api/v1/resumes", json.dumps(_RESUME), 201, "master_resumes")
_TITLE = json.dumps({"title": f"Lead {COUNTER}"})
_CHANGE = Ask("PATCH", "/api/v1/resumes/{row}", _TITLE, 200, "master_resumes")
_READ = Ask("GET", "/api/v1/resumes/{row}")
_DEBIT = {"amount_micros": 1, "key": f"benchmark-{COUNTER}", "reference": "benchmark"}

_CHAT = {
    "model": "echo",
    "messages": [{"role": "user", "content": "Say many words."}],
    "stream": True,
}

WORKLOADS = (
    Workload(
        "A",
        "liveness",
        "shop",
        (Ask("GET", "/health/live"),),
        few=("raw-pool", "fastapi"),
    ),
    Workload("B", "get one row", "shop", (Ask("GET", "/api/v1/products/{row}"),)),
    Workload("C", f"list {ROWS} rows", "shop", (Ask("GET", f"/api/v1/products?limit={ROWS}"),)),
    Workload("D", "create one row", "careers", (_CREATE,), "user"),
    Workload("E", "validate a key", "accounts", (Ask("POST", "/api/v1/auth/validate"),), "key"),
    Workload("U", "change one row", "careers", (_CHANGE,), "user", is_short=False),
    Workload(
        "M",
        "mix: 7 reads, 2 creates, 1 change",
        "careers",
        (_READ, _READ, _CREATE, _READ, _READ, _CHANGE, _READ, _CREATE, _READ, _READ),
        "user",
        is_short=False,
    ),
    Workload(
        "P",
        "deep page of 10⁴ rows",
        "shop",
        (Ask("GET", f"/api/v1/products?limit={ROWS}&cursor={{cursor}}"),),
        peers=("padstone-million",),
        few=(),
        is_short=False,
    ),
    Workload(
        "S",
        "spend credits",
        "accounts",
        (Ask("POST", "/api/v1/credits/debits", json.dumps(_DEBIT), 201),),
        "spender",
        peers=(),
        few=(),
        is_short=False,
    ),
    Workload(
        "T",
        f"stream {CHUNKS} chunks, {_STREAMS} connections",
        "assistant",
        (Ask("POST", "/api/v1/chat/completions", json.dumps(_CHAT)),),
        "user",
        peers=("pass-through",),
        few=(),
        is_short=False,
        connections=_STREAMS,
        takes_long=True,
    ),
)
