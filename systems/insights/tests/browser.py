"""A browser that keeps a cookie, for the tests of signing in by one."""

from typing import Any

import httpx2

__all__ = ["PASSWORD", "Browser"]

PASSWORD = "four words to remember"


class Browser:
    """One browser of one user. It sends the token of its session with every request."""

    def __init__(self, client: httpx2.AsyncClient, email: str) -> None:
        self.client, self._email = client, email
        self._token = ""

    async def sign_in(self) -> httpx2.Response:
        body = {"email": self._email, "password": PASSWORD}
        answer = await self.client.post("/api/v1/auth/session", json=body)
        if answer.is_success:
            self._token = answer.json()["csrf_token"]
        return answer

    async def call(self, method: str, path: str, **content: Any) -> httpx2.Response:
        headers = {"X-CSRF-Token": self._token}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **content)
