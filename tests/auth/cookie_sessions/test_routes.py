"""Signing in and out by cookie, and seeing where else that is so."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from padstone.auth.cookie_sessions import CookieSessions
from padstone.testing.users import browser_headers, sign_in

from .conftest import EMAIL, PASSWORD, SESSION, SESSIONS, Process, StartProcess, describe_keys


async def listed(browser: Any) -> list[dict[str, Any]]:
    answer = await browser.get(SESSIONS)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_browser_signs_in_and_out(process: Process) -> None:
    browser = await process.browser()
    assert (await browser.get()).status_code == 401
    answer = await browser.sign_in()
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["is_current"]
    assert UUID(shown["id"]).version == 7
    actor = await browser.get()
    assert actor.json() == f"session:{shown['id']}"
    assert (await browser.get(SESSION)).json()["csrf_token"] == shown["csrf_token"]
    assert (await browser.get("/auth/me")).json()["email"] == EMAIL

    cookie = browser.cookie
    out = await browser.send("DELETE", SESSION)
    assert out.status_code == 204
    assert 'little_session=""; ' in out.headers["set-cookie"]
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert not browser.client.cookies
    copied = await process.browser(cookie=cookie)
    assert not await copied.works(), "the session has ended, not only the cookie"


async def test_a_role_decides_what_the_cookie_may(process: Process) -> None:
    browser = await process.signed_in()
    assert (await browser.send("POST", "/things")).status_code == 403
    await process.execute("UPDATE users SET role = 'manager'")
    process.opened.authenticator.forget_user(await process.user_id())
    assert (await browser.send("POST", "/things")).status_code == 200


async def test_logging_out_by_the_users_route_ends_the_cookies_session(process: Process) -> None:
    one, two = await process.signed_in(), await process.signed_in()
    assert (await one.send("POST", "/auth/logout")).status_code == 204
    assert not await one.works()
    assert await two.works()


async def test_browsers_are_listed_with_what_tells_them_apart(process: Process) -> None:
    one, two = await process.browser(), await process.browser()
    await one.sign_in(**{"User-Agent": "Firefox\x07 on a laptop"})
    await two.sign_in(**{"User-Agent": "Chrome " * 100})
    first, second = await listed(one)
    assert (first["user_agent"], second["user_agent"]) == (
        ("Chrome " * 100)[:300],
        "Firefox on a laptop",
    )
    assert [first["is_current"], second["is_current"]] == [False, True]
    assert second["address"] == "127.0.0.1"
    assert set(second) == {
        *("id", "created_at", "last_seen_at", "expires_at"),
        *("user_agent", "address", "is_current"),
    }


async def test_a_token_lists_and_ends_browsers_too(process: Process) -> None:
    browser = await process.signed_in()
    token = (await process.login())["access_token"]
    items = (await process.get(SESSIONS, token)).json()["items"]
    assert [item["is_current"] for item in items] == [False]
    bearer = {"Authorization": f"Bearer {token}"}
    for path, status in ((f"{SESSIONS}/{items[0]['id']}", 204), (SESSION, 403)):
        answer = await process.client.delete(path, headers=bearer)
        assert answer.status_code == status
    assert answer.json()["code"] == "cookie_needed"
    assert (await process.get(SESSION, token)).status_code == 403
    assert not await browser.works()


async def test_one_browser_is_signed_out(process: Process) -> None:
    one, two = await process.signed_in(), await process.signed_in()
    [other] = [item["id"] for item in await listed(one) if not item["is_current"]]
    assert (await one.send("DELETE", f"{SESSIONS}/{other}")).status_code == 204
    assert not await two.works()
    assert await one.works()
    assert len(await listed(one)) == 1


async def test_23_anothers_session_is_as_good_as_none(process: Process) -> None:
    mine = await process.signed_in()
    [item] = await listed(mine)
    await process.register("another@example.com")
    other = await process.browser()
    answer = await other.client.post(
        SESSION, json={"email": "another@example.com", "password": PASSWORD}
    )
    other.token = answer.json()["csrf_token"]
    tried = await other.send("DELETE", f"{SESSIONS}/{item['id']}")
    missing = await other.send("DELETE", f"{SESSIONS}/{uuid4()}")
    assert [tried.status_code, missing.status_code] == [404, 404]
    assert tried.json()["detail"] == missing.json()["detail"]
    assert len(await listed(other)) == 1
    assert await mine.works()


async def test_all_browsers_are_signed_out(process: Process) -> None:
    one, two = await process.signed_in(), await process.signed_in()
    answer = await one.send("DELETE", SESSIONS)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await two.works()
    again = await process.signed_in()
    assert len(await listed(again)) == 1


async def test_all_but_this_one_are_signed_out_and_this_one_has_a_new_secret(
    process: Process,
) -> None:
    one, two = await process.signed_in(), await process.signed_in()
    old = one.cookie
    answer = await one.send("DELETE", f"{SESSIONS}?keep_current=true")
    assert answer.status_code == 204
    assert one.cookie != old
    assert await one.works()
    assert (await one.send("POST", "/things")).json()["code"] == "permission_denied", "same token"
    assert not await (await process.browser(cookie=old)).works()
    assert not await two.works()
    assert len(await listed(one)) == 1


async def test_by_a_token_all_browsers_end_and_the_token_does_not(process: Process) -> None:
    browser = await process.signed_in()
    token = (await process.login())["access_token"]
    answer = await process.client.delete(SESSIONS, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers
    assert not await browser.works()
    assert (await process.get("/things", token)).status_code == 200


async def test_fixation_a_new_id_and_secret_at_each_sign_in(process: Process) -> None:
    browser = await process.signed_in()
    [first], planted = await listed(browser), browser.cookie
    await browser.sign_in()
    [second] = await listed(browser)
    assert second["id"] != first["id"]
    assert browser.cookie != planted
    assert not await (await process.browser(cookie=planted)).works(), "the former session ended"


async def test_fixation_a_cookie_that_is_none_of_ours_becomes_none(process: Process) -> None:
    planted = "cs_" + "A" * 64
    browser = await process.browser()
    browser.client.cookies.set("little_session", planted)
    await browser.sign_in()
    assert [cookie.value for cookie in browser.client.cookies.jar] != [planted]
    assert not await (await process.browser(cookie=planted)).works()


async def test_signing_in_with_half_a_cookie_of_somebody_ends_nothing(process: Process) -> None:
    victim = await process.signed_in()
    # Whoever knows the id, which lists show, does not know the secret behind it.
    forged = victim.cookie[:30] + "A" * (len(victim.cookie) - 30)
    attacker = await process.browser(cookie=forged)
    assert (await attacker.sign_in()).status_code == 200
    assert await victim.works()


async def test_no_more_than_so_many_browsers(start: StartProcess) -> None:
    process = await start(sessions=CookieSessions(most=2))
    await process.register()
    browsers = [await process.signed_in() for _ in range(3)]
    assert [await browser.works() for browser in browsers] == [False, True, True]
    assert len(await listed(browsers[2])) == 2


async def test_26_a_cookie_is_guessed_for_like_a_log_in(
    process: Process, argon2_calls: list[str]
) -> None:
    browser = await process.browser()
    for count in range(12):
        path = SESSION if count % 2 else "/auth/login"
        body = {"email": EMAIL, "password": f"guess {count}"}
        answer = await browser.client.post(path, json=body)
        assert answer.status_code == (401 if count < 10 else 429), count
    assert len(argon2_calls) == 10
    assert "Retry-After" in answer.headers


async def test_25_signing_in_tells_nothing_of_who_is_known(process: Process) -> None:
    answers = []
    for email in (EMAIL, "nobody@example.com"):
        body = {"email": email, "password": "wrong wrong wrong"}
        answer = await process.client.post(SESSION, json=body)
        answers.append((answer.status_code, {**answer.json(), "request_id": None}))
        assert "set-cookie" not in answer.headers
    assert answers[0] == answers[1]
    assert answers[0][1]["code"] == "login_refused"


async def test_a_changed_password_ends_every_other_session_and_renews_this_one(
    process: Process,
) -> None:
    one, two = await process.signed_in(), await process.signed_in()
    token, old = (await process.login())["access_token"], one.cookie
    body = {"current_password": PASSWORD, "new_password": "a wholly other sentence"}
    answer = await one.send("POST", "/auth/change-password", **body)
    assert answer.status_code == 204, answer.text
    assert await one.works()
    assert one.cookie != old
    assert not await (await process.browser(cookie=old)).works()
    assert not await two.works()
    assert (await process.get("/things", token)).status_code == 401


async def test_an_api_key_has_no_browsers(start: StartProcess) -> None:
    process = await start(api_keys=describe_keys())
    for method, path in (("GET", SESSION), ("DELETE", SESSIONS), ("GET", SESSIONS)):
        answer = await process.client.request(method, path, headers={"X-API-Key": "sk_live_x"})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"idle": timedelta(days=40)}, {"most": 0}, {"idle": timedelta()}]
)
def test_times_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        CookieSessions(**wrong)


async def test_a_test_signs_a_browser_in_without_a_password(process: Process) -> None:
    async with process.database.session() as session:
        ann = await sign_in(session, process.opened.users, process.opened.settings, role="manager")
    headers = await browser_headers(ann.user, process.sessions)
    answer = await process.client.post("/things", headers=headers)
    assert answer.json().startswith("session:")


async def test_26_one_address_signs_in_so_often_whichever_way(start: StartProcess) -> None:
    process = await start(changes={"LOGINS_PER_MINUTE": 3})
    for number, path in enumerate((SESSION, "/auth/login", SESSION, "/auth/login", SESSION)):
        body = {"email": f"someone.{number}@example.com", "password": "wrong wrong wrong"}
        answer = await process.client.post(path, json=body)
        assert answer.status_code == (401 if number < 3 else 429), number
    assert answer.json()["code"] == "rate_limited"
