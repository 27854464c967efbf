"""Whether the servers answer alike: what is not the same work is not compared."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

import asyncpg
import httpx2
from model import CHUNKS
from plans import COUNTER
from servers import OPEN, OURS, Server
from workloads import ROWS, Ask, Caller, Workload

__all__ = ["AnswerError", "alike", "verify"]

_TIMES = ("created_at", "updated_at", "archived_at")
_NEW = ("id", "created_at", "updated_at")
_CALLERS = 32  # as many as there are connections; visitors are more
_STRANGER = "sk_live_" + "0" * 33


class AnswerError(Exception):
    """A server does not answer as it should."""


def verify(servers: Mapping[str, Server], workload: Workload) -> None:
    """Asks each server everything for 32 callers, and refuses a wrong or a different answer.

    Status, body, and the row that was written are looked at.
    """
    with httpx2.Client(timeout=30) as client:
        for ask in dict.fromkeys(workload.asks):
            for number in range(_CALLERS):
                _compare(
                    [
                        _Question(client, workload, ask, server, caller, number)
                        for server in servers.values()
                        for caller in [server.site.callers[workload.caller][number]]
                    ]
                )
            if workload.caller != "visitor":
                for server in (servers[name] for name in servers.keys() - OPEN):
                    known = server.site.callers[workload.caller][0]
                    stranger = Caller(_STRANGER, known.values)
                    _Question(client, workload, ask, server, stranger, 0).refused()


def _compare(questions: Sequence["_Question"]) -> None:
    """Asks ours, which is the first, and the others; those on other rows for themselves alone."""
    first, *others = questions
    ours = first.answered()
    for question in others:
        theirs = question.answered()
        on_the_same_rows = question.server.site is first.server.site
        if on_the_same_rows and not alike(ours, theirs, is_written=bool(first.ask.table)):
            question.refuse(f"answers {theirs}, and {OURS} {ours}")


def alike(ours: Any, theirs: Any, *, is_written: bool = False) -> bool:
    """Whether two answers say the same.

    Times may be spelt in any way that names the same millisecond, where JavaScript and Django stop.
    A cursor is its server's own, and so are the id and the times of what was written.
    """
    return bool(_plain(ours, is_written=is_written) == _plain(theirs, is_written=is_written))


def _plain(value: Any, *, is_written: bool) -> Any:
    if isinstance(value, list):
        return [_plain(item, is_written=is_written) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _plain_field(name, item, is_written=is_written) for name, item in value.items()}


def _plain_field(name: str, value: Any, *, is_written: bool) -> Any:
    if name == "next_cursor" or (is_written and name in _NEW):
        return value is not None
    if name in _TIMES and value is not None:
        moment = datetime.fromisoformat(value)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return _plain(value, is_written=is_written)


def _read(response: httpx2.Response) -> Any:
    """The body, or what the chunks of a streamed completion say together."""
    if not response.headers["content-type"].startswith("text/event-stream"):
        return response.json()
    frames = [line.removeprefix("data: ") for line in response.text.split("\n") if line]
    chunks = [json.loads(frame) for frame in frames if frame.startswith("{")]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    said = "".join(delta.get("content") or "" for delta in deltas)
    return {"said": said, "is_whole": frames[-1] == "[DONE]"}


class _Question(NamedTuple):
    """One request of one caller to one server."""

    client: httpx2.Client
    workload: Workload
    ask: Ask
    server: Server
    caller: Caller
    number: int

    def answered(self) -> Any:
        response = self._sent()
        if response.status_code != self.ask.status:
            self.refuse(f"answers {response.status_code}: {response.text[:500]}")
        answer = _read(response)
        if not self._is_right(answer):
            self.refuse(f"answers {json.dumps(answer)[:500]}")
        if self.ask.table and not asyncio.run(self._is_written(answer)):
            self.refuse(f"did not write what it answers: {answer}")
        return answer

    def refused(self) -> None:
        status = self._sent().status_code
        if status != httpx2.codes.UNAUTHORIZED:
            self.refuse(f"answers a stranger with {status}")

    def refuse(self, what: str) -> NoReturn:
        raise AnswerError(f"{self.workload.letter}: {self.server.name} {what}.")

    def _sent(self) -> httpx2.Response:
        return self.client.request(
            self.ask.method,
            f"http://127.0.0.1:{self.server.port}{self.ask.address(self.caller)}",
            headers=self.ask.headers(self.caller),
            content=self._body(),
        )

    def _body(self) -> str:
        return self.ask.body.replace(COUNTER, f"{self.number:0{len(COUNTER)}}")

    def _is_right(self, answer: Any) -> bool:
        """The few things that equality with a peer does not show."""
        if "said" in answer:
            return len(answer["said"].split()) == CHUNKS - 1 and answer["is_whole"]
        if "items" in answer:
            return len(answer["items"]) == ROWS and answer["next_cursor"] is not None
        row = self.caller.values.get("row")
        if "{row}" in self.ask.path and answer["id"] != row:
            return False
        return all(answer.get(name) == value for name, value in self._expected().items())

    def _expected(self) -> dict[str, Any]:
        if not self.ask.table:
            return {}
        sent: dict[str, Any] = json.loads(self._body())
        return sent

    async def _is_written(self, answer: Any) -> bool:
        connection = await asyncpg.connect(self.server.site.database_url)
        try:
            stored = await connection.fetchval(
                f"SELECT to_jsonb(t) FROM {self.ask.table} t WHERE id = $1",  # noqa: S608  # ours
                UUID(answer["id"]),
            )
        finally:
            await connection.close()
        row = json.loads(stored or "{}")
        mine = row.get("user_id") == self.caller.subject
        return mine and all(row.get(name) == value for name, value in self._expected().items())
