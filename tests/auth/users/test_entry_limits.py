"""One network address may knock so often, whatever e-mail addresses it names (26)."""

from collections.abc import AsyncIterator

import httpx2
import pytest_asyncio

from padstone.testing.running import run

from .conftest import Settings, make_application


@pytest_asyncio.fixture
async def knocking(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    few = {"LOGINS_PER_MINUTE": 5, "REGISTRATIONS_PER_MINUTE": 3, "REFRESHES_PER_MINUTE": 4}
    app = make_application(settings.model_copy(update=few))
    async with run(app, app.settings) as running, running.client() as client:
        yield client


async def knock(client: httpx2.AsyncClient, path: str, **body: str) -> tuple[int, str]:
    answer = await client.post(f"/auth/{path}", json=body)
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


async def test_26_logging_in_with_ever_other_addresses(knocking: httpx2.AsyncClient) -> None:
    found = [
        await knock(knocking, "login", email=f"{n}@example.com", password="wrong wrong wrong")
        for n in range(8)
    ]
    assert found == [(401, "login_refused")] * 5 + [(429, "rate_limited")] * 3
    # Links are guesses too, and count with them.
    status, _ = await knock(knocking, "verify-email", token="x")
    assert status == 429


async def test_mails_to_ever_other_addresses(knocking: httpx2.AsyncClient) -> None:
    paths = ("forgot-password", "resend-verification") * 3
    found = [
        (await knock(knocking, path, email=f"{n}@example.com"))[0] for n, path in enumerate(paths)
    ]
    assert found == [202] * 3 + [429] * 3
    refused, code = await knock(
        knocking, "register", email="new@example.com", password="correct donkey battery"
    )
    assert (refused, code) == (429, "rate_limited")


async def test_refreshing_is_limited_by_itself(knocking: httpx2.AsyncClient) -> None:
    found = [(await knock(knocking, "refresh", refresh_token="none"))[0] for _ in range(6)]
    assert found == [401] * 4 + [429] * 2
    status, _ = await knock(knocking, "login", email="a@example.com", password="wrong wrong")
    assert status == 401
