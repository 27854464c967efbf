"""A system's own tests, run as its developers run them."""

import pytest

TESTS = """
import asyncio
import httpx2
import pytest
from sqlalchemy import func, select
from app.core.config import settings
from app.models import Thing


async def count(session):
    return await session.scalar(select(func.count()).select_from(Thing))


@pytest.mark.parametrize("again", [1, 2])
async def test_what_a_test_writes_is_undone(client, session, again):
    assert (await client.get("/things")).json() == 0
    assert (await client.post("/things/a")).status_code == 201
    assert (await client.get("/things")).json() == 1
    assert await count(session) == 1


async def test_the_application_sees_what_the_session_writes(client, session):
    session.add(Thing(name="a"))
    await session.flush()
    assert (await client.get("/things")).json() == 1
    assert (await client.post("/things/a")).status_code == 409
    assert (await client.post("/things/b")).status_code == 201
    assert await count(session) == 2


async def test_requests_at_the_same_time(client):
    answers = await asyncio.gather(*(client.post(f"/things/{n}") for n in range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert (await client.get("/things")).json() == 5


async def test_statements_are_counted(client, queries):
    with queries.at_most(1):
        await client.get("/things")
    with pytest.raises(AssertionError, match="1 statements where 0 are allowed"):
        with queries.at_most(0):
            await client.get("/things")


@pytest.mark.committed
@pytest.mark.parametrize("again", [1, 2])
async def test_commits_are_real_in_a_database_of_ones_own(client, session, again):
    assert (await client.post("/things/a")).status_code == 201
    assert await count(session) == 1
    await session.rollback()
    assert (await client.get("/things")).json() == 1


async def test_what_is_mailed_arrives(client, mailbox):
    assert (await client.post("/mails/ann@example.com")).status_code == 200
    mail = await mailbox.wait_for(to="ann@example.com")
    assert (mail.subject, mail.sender) == ("Hello", "plugged@example.com")


async def test_what_servers_mail_arrives_too(server, mailbox):
    [one] = await server()
    async with httpx2.AsyncClient() as http:
        await http.post(f"{one.url}/mails/bob@example.com")
    assert (await mailbox.wait_for(to="bob@example.com")).text.strip() == "It is me."
    assert len(await mailbox.mails()) == 1


async def test_servers_are_real(server, cloned_settings):
    one, other = await server(processes=2, LOG_LEVEL="INFO")
    async with httpx2.AsyncClient() as http:
        await one.ready()
        assert (await http.post(f"{one.url}/things/a")).status_code == 201
        assert (await http.get(f"{other.url}/things")).json() == 1
        assert (await http.get(f"{other.url}/process")).json() == other.pid != one.pid
    await other.kill()
    assert await one.stop() == 0
    assert "Traceback" not in one.log.read_text()


@pytest.mark.parametrize("again", [1, 2])
async def test_a_test_has_keys_of_its_own_and_is_not_limited_by_others(client, again):
    counted = [await client.post("/count") for _ in range(4)]
    assert [answer.json() for answer in counted[:3]] == [1, 2, 3]
    assert counted[3].status_code == 429


@pytest.mark.committed
@pytest.mark.parametrize("again", [1, 2])
async def test_so_has_a_committed_one(client, again):
    assert (await client.post("/count")).json() == 1


async def test_servers_of_a_test_count_together(server, client):
    one, other = await server(processes=2)
    async with httpx2.AsyncClient() as http:
        assert (await http.post(f"{one.url}/count")).json() == 1
        assert (await http.post(f"{other.url}/count")).json() == 2
    assert (await client.post("/count")).json() == 1


async def test_a_blank_database_has_no_tables(database):
    async with database.read_session() as session:
        with pytest.raises(Exception, match="things"):
            await count(session)


def test_settings_are_a_tests():
    assert (settings.ENVIRONMENT, settings.PORT) == ("test", 8000)
"""


def test_a_systems_tests_have_what_they_need(system: pytest.Pytester) -> None:
    (system.path / ".env").write_text("PORT=1\n")
    (system.path / "test_things.py").write_text(TESTS)
    result = system.runpytest_subprocess("-q", "-n0", "--durations=5")
    result.assert_outcomes(passed=17)
