"""Users in a system's own tests: signed in already, or all the way through the mailbox."""

import pytest

import peopled

TESTS = """
import re
import pytest
from app.core.config import settings
from app.main import users
from padstone.testing.users import sign_in

PASSWORD = "correct donkey battery"


@pytest.mark.parametrize("again", [1, 2])
async def test_who_is_signed_in_is_let_in(client, session, again):
    someone = await sign_in(session, users, settings, email="ann@example.com")
    manager = await sign_in(session, users, settings, role="manager")
    assert someone.user.email == "ann@example.com"
    assert (await client.get("/things", headers=someone.headers)).status_code == 200
    assert (await client.post("/things", headers=someone.headers)).status_code == 403
    assert (await client.post("/things", headers=manager.headers)).status_code == 200
    assert (await client.get("/things")).status_code == 401
    assert someone.headers["Authorization"][7:] not in repr(someone)


@pytest.mark.committed
async def test_other_processes_let_in_whom_a_test_signs_in(server, session):
    import httpx2

    someone = await sign_in(session, users, settings)
    [process] = await server()
    async with httpx2.AsyncClient(base_url=process.url) as http:
        assert (await http.get("/things", headers=someone.headers)).status_code == 200


@pytest.mark.parametrize("isolation", ["rollback", pytest.param("c", marks=pytest.mark.committed)])
async def test_a_person_comes_in_by_the_front_door(client, run_jobs, mailbox, isolation):
    email = f"bob-{isolation}@example.com"
    body = {"email": email, "password": PASSWORD}
    assert (await client.post("/auth/register", json=body)).status_code == 202
    await run_jobs()
    mail = await mailbox.wait_for(to=email)
    token = re.search(r"#token=(\\S+)", mail.text).group(1)
    assert (await client.post("/auth/verify-email", json={"token": token})).status_code == 204
    pair = (await client.post("/auth/login", json=body)).json()
    headers = {"Authorization": "Bearer " + pair["access_token"]}
    body = {"refresh_token": pair["refresh_token"]}
    assert (await client.post("/auth/refresh", json=body)).status_code == 200
    body = {"current_password": PASSWORD, "new_password": PASSWORD + " new"}
    answer = await client.post("/auth/change-password", json=body, headers=headers)
    assert answer.status_code == 204
    assert (await client.get("/auth/sessions", headers=headers)).json()["items"][0]["is_current"]
    assert (await client.post("/auth/logout", headers=headers)).status_code == 204
    assert (await client.get("/auth/me", headers=headers)).status_code == 401
"""


def test_a_systems_tests_have_users(system: pytest.Pytester) -> None:
    peopled.write(system.path)
    (system.path / "app" / "models.py").unlink()
    (system.path / "test_people.py").write_text(TESTS)
    result = system.runpytest_subprocess("-q", "-n0", "--durations=5")
    result.assert_outcomes(passed=5)
