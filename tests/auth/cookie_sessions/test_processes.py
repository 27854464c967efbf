"""Promise 29: what ends or changes what a cookie can do is acted on by every process."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from .conftest import SESSIONS, Process, StartProcess


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(25):
        while not await condition():  # it is another process's doing
            await asyncio.sleep(0.005)


async def two(start: StartProcess) -> tuple[Process, Process]:
    one, other = await start(), await start()
    await one.register()

    async def all_listen() -> bool:
        return all(each.opened.authenticator.is_listening for each in (one, other))

    await until(all_listen)
    return one, other


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET suspended_at = now()",
        "UPDATE users SET deleted_at = now()",
        "UPDATE users SET email_verified_at = NULL",
        "UPDATE users SET browser_generation = browser_generation + 1",
        "UPDATE users SET role = 'nobody'",
        "DELETE FROM users",
    ],
)
async def test_29_every_change_of_the_user_is_heard_by_all(
    start: StartProcess, statement: str
) -> None:
    one, other = await two(start)
    browser = await one.signed_in()
    there = await other.browser(cookie=browser.cookie)
    assert [await each.works() for each in (browser, there)] == [True, True]
    await one.execute(statement)
    refused = 403 if "role" in statement else 401
    for each in (browser, there):
        # Well below the 30 s for which both would remember the user.
        async def is_refused(browser: object = each) -> bool:
            return (await browser.get()).status_code == refused  # type: ignore[attr-defined]

        await until(is_refused)


async def test_29_a_session_that_ended_is_refused_by_all_at_once(start: StartProcess) -> None:
    one, other = await two(start)
    browser = await one.signed_in()
    there = await other.browser(cookie=browser.cookie)
    assert await there.works()
    await browser.send("DELETE", "/auth/session")
    assert not await there.works(), "nothing is remembered of the session itself"


async def test_29_a_process_obeys_its_own_log_out_at_once(start: StartProcess) -> None:
    process = await start(describe={"cache_seconds_unheard": 30})
    await process.opened.authenticator._listener.stop()  # nothing but its own word tells it
    await process.register()
    one, another = await process.signed_in(), await process.signed_in()
    assert await another.works()
    await one.send("DELETE", f"{SESSIONS}?keep_current=true")
    assert not await another.works()
    assert await one.works()


async def test_29_a_payload_that_nobody_understands_forgets_everything(
    start: StartProcess,
) -> None:
    one, _ = await two(start)
    browser = await one.signed_in()
    assert await browser.works()
    cache = one.opened.authenticator._browsers.cache
    assert len(cache) == 1
    await one.execute("SELECT pg_notify('padstone_users', 'nonsense')")

    async def forgotten() -> bool:
        return len(cache) == 0

    await until(forgotten)
