"""F2: Redis is stopped, frozen or started again, and nobody is logged out for good."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from valkeys import PrivateValkey

from .conftest import (
    EMAIL,
    PASSWORD,
    SESSION,
    SESSIONS,
    Process,
    StartProcess,
    describe_keys,
)

Make = Callable[[PrivateValkey], object]

WAYS: dict[str, tuple[Make, Make]] = {
    "stopped": (PrivateValkey.stop, PrivateValkey.start),
    "frozen": (PrivateValkey.freeze, PrivateValkey.thaw),
}


@pytest.fixture
async def process(start: StartProcess, valkey: PrivateValkey) -> Process:
    """A process on a Redis of its own, which gives up soon."""
    changes = {
        "REDIS_URL": valkey.url,
        "REDIS_TIMEOUT_SECONDS": 0.25,
        "REDIS_RETRY_SECONDS": 0.05,
    }
    started = await start(changes=changes, api_keys=describe_keys())
    await started.register()
    return started


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.01)


def assert_unavailable(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "redis_unavailable"
    assert int(answer.headers["retry-after"]) >= 1
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("way", WAYS)
async def test_f2_the_same_cookie_works_again(
    process: Process, valkey: PrivateValkey, way: str
) -> None:
    away, back = WAYS[way]
    browser = await process.signed_in()
    cookie, token = browser.cookie, (await process.login())["access_token"]
    away(valkey)
    try:
        for _ in range(5):  # before the breaker opens and after
            assert_unavailable(await browser.get())
        for method, path in (("POST", "/things"), ("DELETE", SESSION), ("GET", SESSIONS)):
            assert_unavailable(await browser.send(method, path))
        assert_unavailable(await (await process.browser()).sign_in())
        # Who shows credentials in a header needs no Redis, also in a browser that has a cookie.
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await browser.get(**bearer)).status_code == 200
        assert (await browser.get(**{"X-API-Key": "sk_live_x"})).status_code == 401
        assert (await process.login())["access_token"]
        assert (await process.get("/things")).status_code == 401, "nobody is still nobody"
    finally:
        back(valkey)
    await until(browser.works)
    assert browser.cookie == cookie
    assert (await browser.send("DELETE", SESSION)).status_code == 204


async def test_f2_a_restart_between_two_requests_costs_nobody_the_session(
    process: Process, valkey: PrivateValkey
) -> None:
    browser = await process.signed_in()
    for _ in range(3):
        valkey.stop()
        valkey.start()
        answers: list[int] = []

        async def works(seen: list[int] = answers) -> bool:
            seen.append((await browser.get()).status_code)
            return seen[-1] == 200

        await until(works)
        assert set(answers) <= {200, 503}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["logout-all", "change-password", "end_browser_sessions"])
async def test_29_what_ended_while_redis_was_away_does_not_come_back_with_it(
    process: Process, valkey: PrivateValkey, way: str, path: str
) -> None:
    away, back = WAYS[way]
    browser, token = await process.signed_in(), (await process.login())["access_token"]
    away(valkey)
    try:
        answer = await ended(process, path, token)
        assert answer.status_code == 204, answer.text
    finally:
        back(valkey)

    async def is_told() -> bool:
        return (await browser.get()).status_code != 503

    await until(is_told)
    assert (await browser.get()).status_code == 401


async def ended(process: Process, path: str, token: str) -> Any:
    if path == "end_browser_sessions":
        headers = {"Authorization": f"Bearer {token}"}
        return await process.client.delete(SESSIONS, headers=headers)
    change = {"current_password": PASSWORD, "new_password": "a wholly other sentence"}
    return await process.post(path, by=token, **(change if path == "change-password" else {}))


async def test_a_password_that_was_changed_stays_so_when_redis_leaves_then(
    process: Process, valkey: PrivateValkey
) -> None:
    # The cookie showed who is calling, and Redis goes between that and the new secret.
    browser = await process.signed_in()
    real = process.opened.passwords.hash

    async def hash_and_lose(password: str) -> str:
        valkey.stop()
        return await real(password)

    process.opened.passwords.hash = hash_and_lose  # type: ignore[method-assign]
    new = "a wholly other sentence"
    body = {"current_password": PASSWORD, "new_password": new}
    answer = await browser.send("POST", "/auth/change-password", **body)
    assert answer.status_code == 204, answer.text
    valkey.start()

    async def signs_in() -> bool:
        return (await (await process.browser()).sign_in(new)).status_code == 200

    await until(signs_in)
    assert not await browser.works()


async def test_it_is_told_from_a_cookie_of_nobody(process: Process, valkey: PrivateValkey) -> None:
    stranger = await process.browser(cookie="cs_" + "A" * 64)
    nonsense = await process.browser(cookie="nonsense")
    body = {"email": EMAIL, "password": "wrong wrong wrong"}
    valkey.stop()
    # Whether it is somebody's cannot be known; what has not even the form can.
    assert_unavailable(await stranger.get())
    assert (await nonsense.get()).status_code == 401
    assert (await process.client.post(SESSION, json=body)).status_code == 401
