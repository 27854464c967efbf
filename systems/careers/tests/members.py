"""Who calls in the tests: a signed-in user, and what such a user has."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

__all__ = ["MakeMember", "Member"]

MakeMember = Callable[..., Awaitable["Member"]]
Json = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """A signed-in user with a client. Each call says which status it expects."""

    id: UUID
    headers: dict[str, str]
    client: httpx2.AsyncClient

    async def send(
        self, method: str, path: str, expected: int = 200, **options: Any
    ) -> httpx2.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        answer = await self.client.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == expected, f"{method} {path}: {answer.text}"
        return answer

    async def get(self, path: str, expected: int = 200, **params: Any) -> Any:
        return (await self.send("GET", path, expected, params=params)).json()

    async def post(self, path: str, body: Json | None = None, expected: int = 201) -> Any:
        return (await self.send("POST", path, expected, json=body or {})).json()

    async def patch(self, path: str, body: Json, expected: int = 200) -> Any:
        return (await self.send("PATCH", path, expected, json=body)).json()

    async def delete(self, path: str, expected: int = 204) -> None:
        await self.send("DELETE", path, expected)

    async def resume(self, **values: Any) -> Json:
        return dict(
            await self.post("/resumes", {"title": "Main", "full_name": "Ada Lovelace", **values})
        )

    async def version(self, **values: Any) -> Json:
        resume = await self.resume()
        return dict(await self.post(f"/resumes/{resume['id']}/versions", {"label": "A", **values}))

    async def posting(self, **values: Any) -> Json:
        body = {"title": "Backend engineer", "company": "Acme", **values}
        return dict(await self.post("/job-postings", body))

    async def application(self, **values: Any) -> Json:
        if "job_posting_id" not in values:
            values["job_posting_id"] = (await self.posting())["id"]
        return dict(await self.post("/applications", values))

    async def step(self, application_id: str, *statuses: str) -> Json:
        answer: Json = {}
        for status in statuses:
            path = f"/applications/{application_id}/status"
            answer = await self.post(path, {"status": status}, 200)
        return answer

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [item["id"] for item in (await self.get(path, **params))["items"]]
