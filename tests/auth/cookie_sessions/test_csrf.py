"""Requests that another site made a browser send."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from padstone.auth.cookie_sessions import CsrfError
from padstone.auth.cookie_sessions.csrf import Csrf
from padstone.ids import new_id
from padstone.settings import UserSettings

from .conftest import SESSION, Process, StartProcess

FRONT, EVIL = "https://app.example.com", "https://app.example.com.evil.example"
OWN = "http://test"  # where the client believes to be


def manager(process: Process) -> Any:
    return process.execute("UPDATE users SET role = 'manager'")


async def test_what_may_change_something_needs_the_sessions_token(process: Process) -> None:
    await manager(process)
    one, two = await process.signed_in(), await process.signed_in()
    assert (await one.client.get("/things")).status_code == 200
    assert (await one.client.head("/things")).status_code == 405, "and not 403"
    for headers in (
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": two.token},
        {"X-CSRF-Token": one.token[:-1]},
        {"X-CSRF-Token": f"{one.token}="},
        {"X-CSRF-Token": "\u00e9".encode()},
        [("X-CSRF-Token", one.token), ("X-CSRF-Token", two.token)],
    ):
        answer = await one.client.post("/things", headers=headers)
        assert answer.status_code == 403, headers
        assert answer.json()["code"] == "csrf_failed"
    assert (await one.send("POST", "/things")).status_code == 200


async def test_a_token_of_another_secret_key_counts_while_it_is_a_fallback(
    start: StartProcess, process: Process
) -> None:
    await manager(process)
    browser = await process.signed_in()
    former = process.opened.settings.SECRET_KEY
    for fallbacks, status in (([former], 200), ([], 403)):
        changes = {
            "SECRET_KEY": type(former)("x" * 40),
            "SECRET_KEY_FALLBACKS": fallbacks,
        }
        moved = await (await start(changes=changes)).browser(cookie=browser.cookie)
        answer = await moved.send("POST", "/things", token=browser.token)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": OWN}, 200),
        ({"Origin": FRONT}, 200),
        ({"Origin": FRONT, "Sec-Fetch-Site": "same-site"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://test"}, 403),
        ({"Origin": "http://test:8000"}, 403),
        ({"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_from_where_a_cookie_counts(
    start: StartProcess, headers: dict[str, str], status: int
) -> None:
    process = await start(changes={"ALLOWED_ORIGINS": [FRONT, "*"]})
    await process.register()
    await manager(process)
    browser = await process.signed_in()
    token = {"X-CSRF-Token": browser.token}
    answer = await browser.client.post("/things", headers={**headers, **token})
    assert answer.status_code == status, answer.text
    # What another origin may not change it may not read either; a link leads here from everywhere.
    answer = await browser.get(**headers)
    assert answer.status_code == (status if "Origin" in headers else 200), answer.text
    answer = await (await process.browser()).sign_in(**headers)
    assert answer.status_code == status, "nor sign its visitors in as somebody else"
    assert (answer.status_code == 200) is ("set-cookie" in answer.headers)


async def test_credentials_in_a_header_need_no_token_and_come_from_anywhere(
    process: Process,
) -> None:
    await manager(process)
    browser = await process.signed_in()
    bearer = {"Authorization": f"Bearer {(await process.login())['access_token']}"}
    answer = await browser.client.post("/things", headers={**bearer, "Origin": EVIL})
    assert answer.status_code == 200
    assert answer.json().startswith("jwt:")


async def test_a_cookie_that_is_no_good_is_401_whatever_else_is_wrong(process: Process) -> None:
    browser = await process.browser(cookie="cs_" + "A" * 64)
    answer = await browser.client.post("/things", headers={"Origin": EVIL})
    assert answer.status_code == 401


async def test_reading_the_token_is_for_allowed_origins(start: StartProcess) -> None:
    process = await start(changes={"ALLOWED_ORIGINS": [FRONT], "ALLOW_CREDENTIALS": True})
    await process.register()
    browser = await process.signed_in()
    answer = await browser.get(SESSION, Origin=FRONT)
    assert answer.headers["access-control-allow-origin"] == FRONT
    assert answer.headers["access-control-allow-credentials"] == "true"
    answer = await browser.get(SESSION, Origin=EVIL)
    assert "access-control-allow-origin" not in answer.headers
    asked = {
        "Origin": FRONT,
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "x-csrf-token",
    }
    assert (await process.client.options(SESSION, headers=asked)).status_code == 200


def connection(kind: str, headers: dict[str, str], **scope: Any) -> HTTPConnection:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": kind, "path": "/", "headers": raw, **scope})


def test_a_socket_is_opened_by_our_own_pages_alone() -> None:
    csrf, session_id = Csrf(UserSettings(ALLOWED_ORIGINS=[FRONT])), new_id()
    for origin, scheme in ((FRONT, "ws"), ("http://test", "ws"), ("https://test", "wss")):
        shown = {"Host": "test", "Origin": origin}
        csrf.check(connection("websocket", shown, scheme=scheme), session_id)
    for origin, scheme in ((EVIL, "ws"), ("http://test", "wss")):
        shown = {"Host": "test", "Origin": origin}
        with pytest.raises(CsrfError):
            csrf.check(connection("websocket", shown, scheme=scheme), session_id)


def test_behind_a_proxy_that_ends_tls_our_own_origin_is_https() -> None:
    csrf, session_id = Csrf(deployed()), new_id()
    for origin, is_ours in (("https://api.example.com", True), ("http://api.example.com", False)):
        shown = {
            "Host": "api.example.com",
            "Origin": origin,
            "X-CSRF-Token": csrf.token(session_id),
        }
        asked = connection("http", shown, scheme="http", method="POST")
        if is_ours:
            csrf.check(asked, session_id)
        else:
            with pytest.raises(CsrfError):
                csrf.check(asked, session_id)


def deployed() -> UserSettings:
    return UserSettings(
        ENVIRONMENT="production",
        SECRET_KEY="s" * 40,
        DEBUG=False,
        PUBLIC_URL="https://little.example.com",
    )
