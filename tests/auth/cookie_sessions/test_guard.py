"""One guard takes the cookie, the token and the key, and yields one principal."""

from typing import Any

from fastapi import APIRouter

from padstone.auth import OptionalPrincipalDep

from .conftest import SESSION, Browser, Process, StartProcess, describe_keys

open_to_all = APIRouter()


@open_to_all.get("/maybe")
async def maybe(principal: OptionalPrincipalDep) -> str:
    return "nobody" if principal is None else principal.actor


async def actor(browser: Browser, path: str = "/things", **headers: str) -> Any:
    answer = await browser.get(path, **headers)
    return answer.json() if answer.status_code == 200 else answer.status_code


async def test_a_header_goes_before_the_cookie(start: StartProcess) -> None:
    process = await start(api_keys=describe_keys())
    await process.register()
    browser = await process.signed_in()
    token = (await process.login())["access_token"]
    assert str(await actor(browser)).startswith("session:")
    assert str(await actor(browser, Authorization=f"Bearer {token}")).startswith("jwt:")
    for headers in (
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": ""},
        {"X-API-Key": "sk_live_mistyped"},
    ):
        assert await actor(browser, **headers) == 401, "a cookie mends no bad header"


async def test_a_cookie_is_taken_under_its_own_name_alone(process: Process) -> None:
    browser = await process.signed_in()
    for name in ("session", "other_session", "__Host-little_session"):
        elsewhere = await process.browser()
        elsewhere.client.headers["Cookie"] = f"{name}={browser.cookie}"
        assert not await elsewhere.works(), name


async def test_who_may_come_as_nobody_does_so_with_an_old_cookie(start: StartProcess) -> None:
    process = await start(routers=[open_to_all])
    await process.register()
    browser = await process.signed_in()
    assert str(await actor(browser, "/maybe")).startswith("session:")
    # No page can make a browser stop showing it, while a header is shown on purpose.
    await browser.client.post("/auth/logout", headers={"X-CSRF-Token": browser.token})
    old = await process.browser(cookie=browser.cookie)
    assert await actor(old, "/maybe") == "nobody"
    assert await actor(old) == 401
    assert await actor(old, "/maybe", Authorization="Bearer nonsense") == 401


async def test_a_system_without_cookie_sessions_takes_no_cookie(process: Process) -> None:
    browser = await process.signed_in()
    state = {name: part for name, part in process.running.state.items() if name != "sessions"}
    plain = type(process.running)(process.running.app, state)
    async with plain.client(cookies={"little_session": browser.cookie}) as client:
        assert (await client.get("/things")).status_code == 401
        body = {"email": "someone@example.com", "password": "x"}
        assert (await client.post(SESSION, json=body)).status_code == 503
