"""What waits in the jobs' table is no secret, and what cannot be sent is given up."""

from typing import Any

import pytest
from sqlalchemy import text

from padstone.auth.users import MailPurpose
from padstone.auth.users.mailing import post_by
from padstone.ids import new_id
from padstone.jobs import Jobs, run_waiting

from .conftest import EMAIL, PASSWORD, Little, token_in


async def waiting(little: Little) -> list[Any]:
    async with little.database.read_session() as session:
        tables = await session.scalars(
            text(
                "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name)"
                " FROM information_schema.tables"
                " WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'public')"
                " AND table_type = 'BASE TABLE'"
            )
        )
        return [
            row
            for table in tables.all()
            for row in await session.scalars(text(f"SELECT t::text FROM {table} t"))  # noqa: S608
        ]


async def test_a_job_holds_whom_and_what_for_and_no_secret(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    rows = " ".join(await waiting(little))
    assert "mail_user" in rows
    assert EMAIL not in rows
    assert PASSWORD not in rows
    token = await little.link_token()
    assert token not in rows
    assert token not in " ".join(await waiting(little))


async def test_what_says_the_same_is_mailed_once(little: Little) -> None:
    await little.register()
    for _ in range(4):
        await little.post("forgot-password", email=EMAIL)
    assert len(await little.mailed()) == 1


async def test_nobody_is_mailed_nothing(little: Little) -> None:
    await little.post("forgot-password", email="nobody@example.com")
    assert await little.mailed() == []
    await little.post("register", email=EMAIL, password=PASSWORD)
    await little.execute("UPDATE users SET deleted_at = now()")
    assert await little.mailed() == []


async def test_the_token_is_for_the_row_as_it_is_when_the_mail_is_made(little: Little) -> None:
    await little.register()
    await little.post("forgot-password", email=EMAIL)
    await little.execute("UPDATE users SET email = 'new@example.com'")
    [mail] = await little.mailed()
    assert mail["To"] == "new@example.com"
    answer = await little.post(
        "reset-password", token=token_in(mail), password="a wholly other sentence"
    )
    assert answer.status_code == 204


async def test_a_server_that_refuses_is_not_asked_again(
    little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> str:
        return "550 no such mailbox"

    monkeypatch.setattr(little.mailbox, "handle_DATA", refuse, raising=False)
    await little.post("register", email=EMAIL, password=PASSWORD)
    jobs = little.running.app.plan.jobs
    assert jobs is not None
    [result] = await run_waiting(jobs, little.running.state, raises=False)
    assert result.outcome == "failed"


async def test_a_server_that_is_away_is_asked_again(little: Little) -> None:
    await little.post("register", email=EMAIL, password=PASSWORD)
    jobs = little.running.app.plan.jobs
    assert jobs is not None
    little.mailbox.is_away = True
    [result] = await run_waiting(jobs, little.running.state, raises=False)
    little.mailbox.is_away = False
    assert result.outcome != "failed"
    [result] = await run_waiting(jobs, little.running.state, delayed=True)
    assert len(little.mailbox.mails) == 1


def test_one_task_for_all_applications_of_a_system() -> None:
    jobs = Jobs()
    post_by(jobs)
    post_by(jobs)
    assert set(jobs.tasks) == {"mail_user"}


async def test_asking_is_the_callers_transaction(little: Little) -> None:
    async with little.database.session() as session:
        await little.opened.post(session, MailPurpose.RESET_PASSWORD, new_id())
        await session.rollback()
    assert await waiting(little) == []
