import pytest

from padstone.auth import ApiKeyService
from padstone.ids import new_id

from .conftest import EMAIL, PASSWORD, Little, StartLittle, describe_keys


async def test_devices_are_listed_and_signed_out(little: Little) -> None:
    await little.register()
    for agent in ("phone", "laptop", "tablet"):
        answer = await little.client.post(
            "/auth/login",
            json={"email": EMAIL, "password": PASSWORD},
            headers={"User-Agent": agent},
        )
    token = answer.json()["access_token"]
    listed = (await little.get("/auth/sessions", token)).json()
    assert [item["user_agent"] for item in listed["items"]] == ["tablet", "laptop", "phone"]
    assert [item["is_current"] for item in listed["items"]] == [True, False, False]
    assert "generation" not in listed["items"][0]
    page = (await little.get("/auth/sessions?limit=2", token)).json()
    rest = await little.get(f"/auth/sessions?limit=2&cursor={page['next_cursor']}", token)
    assert [item["user_agent"] for item in rest.json()["items"]] == ["phone"]

    phone = listed["items"][2]["id"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        answer = await little.client.delete(f"/auth/sessions/{phone}", headers=headers)
        assert answer.status_code == 204
    listed = (await little.get("/auth/sessions", token)).json()
    assert [item["user_agent"] for item in listed["items"]] == ["tablet", "laptop"]


async def test_23_anothers_session_is_like_none(little: Little) -> None:
    await little.register()
    await little.register("another@example.com")
    mine = (await little.login())["access_token"]
    theirs = await little.login("another@example.com")
    other = (await little.get("/auth/sessions", theirs["access_token"])).json()["items"][0]["id"]
    headers = {"Authorization": f"Bearer {mine}"}
    for session_id in (other, new_id()):
        answer = await little.client.delete(f"/auth/sessions/{session_id}", headers=headers)
        assert answer.status_code == 404
        assert answer.json()["detail"] == "There is no such session."
    assert (await little.get("/things", theirs["access_token"])).status_code == 200
    answer = await little.client.delete("/auth/sessions/x", headers=headers)
    assert answer.status_code == 422


async def test_logging_out_is_for_one_device(little: Little) -> None:
    await little.register()
    here, there = await little.login(), await little.login()
    assert (await little.post("logout", by=here["access_token"])).status_code == 204
    assert (await little.get("/things", here["access_token"])).status_code == 401
    assert (await little.get("/things", there["access_token"])).status_code == 200


async def test_logging_out_everywhere_is_for_all_of_ones_own(little: Little) -> None:
    await little.register()
    await little.register("another@example.com")
    here, there = await little.login(), await little.login()
    other = await little.login("another@example.com")
    assert (await little.post("logout-all", by=here["access_token"])).status_code == 204
    for tokens in (here, there):
        assert (await little.get("/things", tokens["access_token"])).status_code == 401
        answer = await little.post("refresh", refresh_token=tokens["refresh_token"])
        assert answer.status_code == 401
    assert (await little.get("/things", other["access_token"])).status_code == 200


async def test_a_key_and_a_token_open_the_same_routes(start: StartLittle) -> None:
    keys = describe_keys()
    little = await start(api_keys=keys)
    await little.register()
    token = (await little.login())["access_token"]
    user_id = await little.scalar("SELECT id FROM users")
    async with little.database.session() as session:
        made = await ApiKeyService(session, keys).create(user_id, name="x", scopes=["things:read"])
    for credential, method in ((token, "jwt"), (made.secret, "api_key")):
        answer = await little.get("/things", credential)
        assert answer.json().startswith(f"{method}:")
        assert (await little.get("/auth/me", credential)).json()["id"] == str(user_id)
    both = {"Authorization": f"Bearer {token}", "X-API-Key": made.secret}
    assert (await little.client.get("/things", headers=both)).status_code == 401
    # What is about the session or the password takes one.
    for path in ("logout", "logout-all"):
        answer = await little.post(path, by=made.secret)
        assert answer.status_code == 403
        assert answer.json()["code"] == "session_needed"
    assert (await little.get("/auth/sessions", made.secret)).status_code == 403
    body = {"current_password": PASSWORD, "new_password": "a wholly other sentence"}
    assert (await little.post("change-password", by=made.secret, **body)).status_code == 403


@pytest.mark.parametrize("credential", ["sk_live_x", "nonsense", ""])
async def test_a_system_without_keys_takes_none(little: Little, credential: str) -> None:
    for headers in ({"X-API-Key": credential}, {"Authorization": f"Bearer {credential}"}):
        assert (await little.client.get("/things", headers=headers)).status_code == 401
