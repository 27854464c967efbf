"""A real mailbox for tests: what the application has sent to a server of this test run's own."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from padstone.testing.mailbox_process import MailboxProcess

__all__ = ["Mail", "Mailbox"]

_PATIENCE = 30.0
_ONE_WAIT = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that came. ``to`` is for whom the server was told that it is; ``html`` may be empty.

    ``links`` are where its links lead, those of the text first, each once.
    """

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    links: tuple[str, ...]
    headers: dict[str, str] = field(repr=False)


class Mailbox:
    """What came since the test began."""

    def __init__(self, process: MailboxProcess) -> None:
        self._process = process
        self._began = ""
        self._last: dict[str, str] = {}

    @property
    def url(self) -> str:
        """``MAIL_URL`` for whatever a test starts by itself."""
        return self._process.mail_url

    async def begin(self) -> None:
        """Forgets what came before."""
        newest = await self._ask()
        self._began = newest[0]["id"] if newest else ""
        self._last.clear()

    async def wait_for(self, to: str, *, within: float = _PATIENCE) -> Mail:
        """The next mail to this address, in order of arrival; each is given once.

        Fails where none comes ``within`` so many seconds.
        """
        deadline = time.monotonic() + within
        while True:
            left = max(0.0, deadline - time.monotonic())
            after = self._last.get(to, self._began)
            found = await self._ask(to=to, after=after, wait=min(left, _ONE_WAIT))
            if found:
                self._last[to] = found[-1]["id"]
                return await self._read(found[-1]["id"])
            if not left:
                others = [f"{one['to']}: {one['subject']}" for one in await self._ask()]
                raise AssertionError(f"no mail to {to} came within {within} s; there is {others}")

    async def mails(self, to: str = "") -> list[Mail]:
        """All that has come, or all to one address, oldest first."""
        return [await self._read(one["id"]) for one in reversed(await self._ask(to=to))]

    async def _ask(
        self, *, to: str = "", after: str | None = None, wait: float = 0
    ) -> list[dict[str, Any]]:
        since = self._began if after is None else after
        query = {"after": since, "to": to, "wait": f"{wait:.3f}"}
        return list(await self._get("api/mails", query))

    async def _read(self, name: str) -> Mail:
        found = await self._get(f"api/mails/{name}", {})
        return Mail(
            id=found["id"],
            sender=found["from"],
            to=tuple(found["to"]),
            subject=found["subject"],
            text=found["text"],
            html=found["html"],
            links=tuple(found["links"]),
            headers=dict(found["headers"]),
        )

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        async with httpx2.AsyncClient(trust_env=False, timeout=2 * _ONE_WAIT) as client:
            answer = await client.get(f"{self._process.page_url}{path}", params=query)
            answer.raise_for_status()
            return answer.json()
