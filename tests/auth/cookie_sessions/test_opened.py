"""How long a session lives, and what is kept of it."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine

from padstone import log
from padstone.auth.cookie_sessions import CookieSessions
from padstone.redis import RedisClient
from padstone.testing.logs import logging_kept
from padstone.testing.queries import QueryCounter

from .conftest import SESSIONS, Browser, Process, StartProcess, pinned


@contextmanager
def later(**by: float) -> Iterator[None]:
    """Meanwhile the applications' clocks are ahead; that of Redis goes as ever."""
    with time_machine.travel(datetime.now(UTC) + timedelta(**by), tick=False):
        yield


def redis_of(process: Process) -> RedisClient:
    client = process.running.state["redis"]
    assert isinstance(client, RedisClient)
    return client


async def everything(process: Process) -> dict[bytes, Any]:
    """All that Redis holds of this test, with what is left of its time."""
    client = redis_of(process)

    async def read(redis: Any) -> dict[bytes, Any]:
        found = {}
        async for key in redis.scan_iter(f"{client.key('')[:-1]}*"):
            kind = await redis.type(key)
            value = await (redis.hgetall if kind == b"hash" else redis.smembers)(key)
            found[key] = (value, await redis.pttl(key))
        return found

    return await client.run(read)


async def seen_at(browser: Browser) -> datetime:
    items = (await browser.get(SESSIONS)).json()["items"]
    [mine] = [item for item in items if item["is_current"]]
    return datetime.fromisoformat(mine["last_seen_at"])


async def test_redis_holds_no_secret_and_forgets_by_itself(process: Process) -> None:
    browser = await process.signed_in()
    held = await everything(process)
    assert len(held) == 2
    text = repr(held)
    assert browser.cookie not in text
    assert browser.cookie.removeprefix("cs_")[22:] not in text
    assert browser.token not in text
    week, month = 7 * 86_400_000, 30 * 86_400_000
    for key, (_, left) in held.items():
        longest = month if b":sessions:" in key else week
        assert longest - 600_000 < left <= longest, key
    await browser.send("DELETE", "/auth/session")
    assert await everything(process) == {}


async def test_it_ends_when_it_was_not_used_for_long(start: StartProcess) -> None:
    process = await start(sessions=CookieSessions(idle=timedelta(hours=1)))
    await process.register()
    used, unused = await process.signed_in(), await process.signed_in()
    with later(minutes=40):
        assert await used.works()
    with later(minutes=80):
        assert await used.works()
        assert not await unused.works()
        assert len((await used.get(SESSIONS)).json()["items"]) == 1
    with later(minutes=141):
        assert not await used.works()


async def test_it_ends_in_any_case_in_the_end(start: StartProcess) -> None:
    how = CookieSessions(idle=timedelta(hours=2), lifetime=timedelta(hours=3))
    process = await start(sessions=how)
    await process.register()
    browser = await process.signed_in()
    # Another one shows the cookie for ever, whatever its Max-Age.
    thief = await process.browser(cookie=browser.cookie)
    for hours, works in ((1, True), (2.5, True), (2.9, True), (3.1, False)):
        with later(hours=hours):
            assert await thief.works() is works, hours
    # A renewed one has the same end, and so has its cookie.
    browser = await process.signed_in()
    with later(hours=1.5):
        answer = await browser.send("DELETE", f"{SESSIONS}?keep_current=true")
        [seconds] = re.findall(r"Max-Age=(\d+);", answer.headers["set-cookie"])
        assert 5_000 < int(seconds) <= 5_400
        thief = await process.browser(cookie=browser.cookie)
        assert await thief.works()
    with later(hours=2.9):
        assert await thief.works()
    with later(hours=3.1):
        assert not await thief.works()


async def test_when_it_was_seen_is_written_now_and_then(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await process.signed_in()
    calls: list[str] = []
    real = RedisClient.run

    async def counted(self: RedisClient, call: Any) -> Any:
        calls.append("")
        return await real(self, call)

    began = datetime.now(UTC)
    monkeypatch.setattr(RedisClient, "run", counted)
    for seconds in (1, 2, 9):
        with later(seconds=seconds - 1):
            assert await browser.works()
    assert len(calls) == 3, "one look each, and nothing written"
    with later(seconds=15):
        assert await browser.works()
        assert await browser.works()
    assert len(calls) == 6, "one of the two has written"
    assert await seen_at(browser) >= began + timedelta(seconds=14)


async def test_what_was_ended_meanwhile_does_not_come_back(process: Process) -> None:
    browser = await process.signed_in()
    real = process.sessions._store.change

    async def late(session: Any, *, digest: bytes) -> bool:
        await process.sessions._store.remove(session.user_id, session.id)
        return await real(session, digest=digest)

    process.sessions._store.change = late  # type: ignore[method-assign]
    with later(minutes=1):
        assert await browser.works(), "it lived when it was looked at"
        assert not await browser.works()
    assert await everything(process) == {}


async def test_what_was_renewed_meanwhile_keeps_its_new_secret(process: Process) -> None:
    browser = await process.signed_in()
    old, real = browser.cookie, process.sessions._store.change
    late: list[Any] = []

    async def hold(session: Any, *, digest: bytes) -> bool:
        late.append((session, digest))
        return True

    process.sessions._store.change = hold  # type: ignore[method-assign]
    with later(minutes=1):
        assert await browser.works()
    process.sessions._store.change = real  # type: ignore[method-assign]
    await browser.send("DELETE", f"{SESSIONS}?keep_current=true")
    [(session, digest)] = late
    assert not await real(session, digest=digest)
    assert await browser.works()
    assert not await (await process.browser(cookie=old)).works()


async def test_two_renewals_at_the_same_time_leave_one_cookie_that_works(
    process: Process,
) -> None:
    browser = await process.signed_in()
    one, two = [await process.browser(cookie=browser.cookie) for _ in range(2)]
    answers = await asyncio.gather(
        *(
            each.send("DELETE", f"{SESSIONS}?keep_current=true", token=browser.token)
            for each in (one, two)
        )
    )
    given = [
        answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        for answer in answers
        if "set-cookie" in answer.headers
    ]
    works = [await (await process.browser(cookie=cookie)).works() for cookie in given]
    # The later of the two may have ended the earlier one too; nobody gets in twice.
    assert sum(works) <= 1
    assert len((await everything(process)).keys()) == 2


async def test_a_known_browser_costs_no_query(process: Process) -> None:
    browser = await process.signed_in()
    async with asyncio.timeout(25):
        while not process.opened.authenticator.is_listening:
            await asyncio.sleep(0.005)
    counter = QueryCounter(process.database.engine.sync_engine)
    with counter.at_most(1):
        for _ in range(10):
            assert await browser.works()


async def test_inside_a_tests_transaction_nothing_is_remembered(process: Process) -> None:
    browser = await process.signed_in()
    async with pinned(process):
        assert await browser.works()
        connection = process.database.pinned_connection
        assert connection is not None
        await connection.exec_driver_sql("UPDATE users SET suspended_at = now()")
        assert not await browser.works()
    assert await browser.works()


async def test_a_sign_in_that_comes_with_a_log_out_everywhere_ends_or_came_after(
    process: Process,
) -> None:
    token = (await process.login())["access_token"]
    browsers = [await process.browser() for _ in range(6)]
    await asyncio.gather(
        *(browser.sign_in() for browser in browsers[:3]),
        process.post("logout-all", by=token),
        *(browser.sign_in() for browser in browsers[3:]),
    )
    generation = await process.scalar("SELECT browser_generation FROM users")
    listed = await process.sessions.of_user(await process.user_id(), generation)
    assert sum([await browser.works() for browser in browsers]) == len(listed)


async def test_36_the_cookie_is_in_no_line_of_the_log(
    process: Process, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = await process.signed_in()
    with logging_kept():
        log.configure(level="DEBUG", form="json")
        capfd.readouterr()
        await browser.works()
        await browser.get("/nowhere")
        await browser.send("DELETE", f"{SESSIONS}?keep_current=true")
        structlog.get_logger().info("a cookie by mistake", text=f"it is {browser.cookie}")
        written = "".join(capfd.readouterr())
    assert '"actor":"session:' in written.replace(" ", "")
    assert browser.cookie not in written
    assert browser.token not in written
    assert "it is [redacted]" in written
