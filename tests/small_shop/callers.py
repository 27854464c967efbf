"""Who calls the small shop."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2


@dataclass(frozen=True)
class Caller:
    """Somebody with a key, and requests that show it."""

    id: UUID
    client: httpx2.AsyncClient

    async def __call__(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return await self.client.request(method, f"/api{path}", **options)

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        """A new row, as it was answered."""
        answer = await self("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def list(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The items of a page."""
        answer = await self("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


MakeCaller = Callable[..., Awaitable[Caller]]
