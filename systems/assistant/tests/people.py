"""Who calls in the tests, and how they come to be."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from padstone.testing.mailbox import Mailbox
from padstone.testing.users import SignedIn

__all__ = ["PASSWORD", "SignIn", "SignedIn", "bearer", "log_in", "register"]

SignIn = Callable[..., Awaitable[SignedIn]]
PASSWORD = "four words in here"


def bearer(secret: str) -> dict[str, str]:
    """The headers that show a token or a key."""
    return {"Authorization": f"Bearer {secret}"}


async def register(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any, email: str
) -> dict[str, str]:
    """Makes a user of ``email`` the way a person does; what signs it in."""
    credentials = {"email": email, "password": PASSWORD}
    answer = await client.post("/api/v1/auth/register", json=credentials)
    assert answer.status_code == 202, answer.text
    await run_jobs()
    mail = await mailbox.wait_for(to=email)
    token = mail.links[0].partition("#token=")[2]
    verified = await client.post("/api/v1/auth/verify-email", json={"token": token})
    assert verified.status_code == 204, verified.text
    return credentials


async def log_in(client: httpx2.AsyncClient, credentials: dict[str, str]) -> dict[str, Any]:
    """The tokens of a new session."""
    answer = await client.post("/api/v1/auth/login", json=credentials)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens
