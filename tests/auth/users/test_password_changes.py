import asyncio
from typing import Any

import pytest

from padstone.auth.users import OpenedUsers

from .conftest import EMAIL, PASSWORD, Little, StartLittle, token_in

NEW = "a wholly other sentence"


async def works(little: Little, tokens: dict[str, Any]) -> bool:
    return (await little.get("/things", tokens["access_token"])).status_code == 200


async def change(little: Little, tokens: dict[str, Any], current: str, new: str) -> Any:
    return await little.post(
        "change-password", by=tokens["access_token"], current_password=current, new_password=new
    )


async def test_a_changed_password_ends_every_other_session(little: Little) -> None:
    await little.register()
    here, there = await little.login(), await little.login()
    assert (await change(little, here, PASSWORD, NEW)).status_code == 204
    assert await works(little, here)
    assert not await works(little, there)
    refreshed = await little.post("refresh", refresh_token=there["refresh_token"])
    assert refreshed.status_code == 401
    assert (await little.post("login", email=EMAIL, password=PASSWORD)).status_code == 401
    await little.login(password=NEW)
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: your password was changed"
    assert mail["To"] == EMAIL


async def test_26_a_stolen_access_token_is_no_way_to_guess_the_password(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    answers = [await change(little, tokens, f"guess {n} of many", NEW) for n in range(12)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
    assert answers[0].json()["code"] == "wrong_password"
    assert answers[0].json()["errors"][0]["field"] == "body.current_password"
    assert (await change(little, tokens, PASSWORD, NEW)).status_code == 429
    assert (await little.post("login", email=EMAIL, password=PASSWORD)).status_code == 429
    assert await works(little, tokens)


@pytest.mark.parametrize("new", ["short", "password1234", EMAIL])
async def test_the_rules_hold_for_every_new_password(little: Little, new: str) -> None:
    await little.register()
    tokens = await little.login()
    answer = await change(little, tokens, PASSWORD, new)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.new_password"
    await little.post("forgot-password", email=EMAIL)
    token = await little.link_token()
    answer = await little.post("reset-password", token=token, password=new)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.password"
    # A refused choice spends no link.
    assert (await little.post("reset-password", token=token, password=NEW)).status_code == 204


async def test_a_forgotten_password_is_replaced_by_mail(little: Little) -> None:
    await little.register()
    tokens = await little.login()
    for _ in range(12):
        await little.post("login", email=EMAIL, password="wrong wrong wrong")
    await little.post("forgot-password", email=EMAIL)
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: choose a new password"
    token = token_in(mail)
    assert (await little.post("reset-password", token=token, password=NEW)).status_code == 204
    assert not await works(little, tokens)
    await little.login(password=NEW)  # who reads the mail is locked out no longer
    again = await little.post("reset-password", token=token, password="and another sentence")
    assert again.status_code == 422
    assert again.json()["code"] == "bad_link"
    [mail] = await little.mailed()
    assert mail["Subject"] == "Little: your password was changed"


async def test_a_reset_verifies_the_address(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    await little.mailed()
    await little.post("forgot-password", email=EMAIL)
    token = await little.link_token()
    assert (await little.post("reset-password", token=token, password=NEW)).status_code == 204
    await little.login(password=NEW)


async def test_a_link_resets_once_also_at_the_same_time(little: Little) -> None:
    await little.register()
    await little.post("forgot-password", email=EMAIL)
    token = await little.link_token()
    answers = await asyncio.gather(
        *(
            little.post("reset-password", token=token, password=f"sentence number {n}")
            for n in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [204] + [422] * 5


async def test_an_older_link_goes_with_the_password_it_was_for(little: Little) -> None:
    await little.register()
    await little.post("forgot-password", email=EMAIL)
    first = await little.link_token()
    await little.post("forgot-password", email=EMAIL)
    second = await little.link_token()
    assert (await little.post("reset-password", token=first, password=NEW)).status_code == 204
    answer = await little.post("reset-password", token=second, password="and another one")
    assert answer.status_code == 422


async def test_what_is_no_link_costs_no_hash(little: Little, argon2_calls: list[str]) -> None:
    for token in ("", "x", "A" * 75):
        answer = await little.post("reset-password", token=token, password=NEW)
        assert answer.status_code == 422
        assert answer.json()["code"] == "bad_link"
    assert argon2_calls == []


async def test_who_signs_in_while_the_password_changes_is_signed_out_with_the_rest(
    start: StartLittle,
) -> None:
    little = await start()
    await little.register()
    tokens = await little.login()
    outcomes = await asyncio.gather(
        change(little, tokens, PASSWORD, NEW),
        *(little.post("login", email=EMAIL, password=PASSWORD) for _ in range(5)),
    )
    assert outcomes[0].status_code == 204
    opened: OpenedUsers = little.opened
    for answer in outcomes[1:]:
        if answer.status_code == 200:
            opened.authenticator.forget_user(await little.scalar("SELECT id FROM users"))
            assert not await works(little, answer.json())
    assert await little.scalar("SELECT count(*) FROM user_sessions WHERE revoked_at IS NULL") == 1
