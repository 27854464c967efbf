"""A mail that is sent in the background."""

from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from padstone.db import Database
from padstone.jobs import FinalError, Jobs, Outcome, run_waiting
from padstone.mail import Mailer, Message, mail_task
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings, MailSettings
from padstone.testing.mailbox import Mailbox


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "mail_jobs"


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    opened = Database(Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    await opened.open()
    async with opened.session() as session:
        connection = await session.connection()
        for statement in job_tables.upgrade_sql():
            await connection.exec_driver_sql(statement)
    yield opened
    await opened.close()


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


async def enqueue(jobs: Jobs, database: Database, message: Message) -> None:
    task = jobs.tasks["send_mail"] if jobs.tasks else mail_task(jobs)
    async with database.session() as session:
        await task.enqueue(session, message=message)


def message(to: str = "Ann <ann@example.com>") -> Message:
    return Message(to=to, subject="Grüße", text="Text\n", html="<p>HTML</p>")


async def test_a_mail_goes_through_the_table_unchanged(
    jobs: Jobs, database: Database, settings: Callable[..., MailSettings], mailbox: Mailbox
) -> None:
    sent = message()
    await enqueue(jobs, database, sent)
    mailer = Mailer(settings(mailbox.url))
    [result] = await run_waiting(jobs, {"database": database, "mailer": mailer})
    assert result.outcome is Outcome.SUCCEEDED
    mail = await mailbox.wait_for(to="ann@example.com")
    assert (mail.subject, mail.text, mail.html) == ("Grüße", "Text\n", "<p>HTML</p>\n")
    assert mail.headers["Message-ID"] == f"<{sent.id}@example.com>"


async def test_a_server_that_is_away_is_asked_again_and_one_that_refuses_is_not(
    jobs: Jobs, database: Database, settings: Callable[..., MailSettings], serve: Any
) -> None:
    server = await serve()
    server.answers |= {"gone@example.com": "550 nobody", "busy@example.com": "450 later"}
    state = {
        "database": database,
        "mailer": Mailer(settings(f"smtp://127.0.0.1:{server.port}")),
    }
    await enqueue(jobs, database, message("gone@example.com"))
    [refused] = await run_waiting(jobs, state, raises=False)
    assert refused.outcome is Outcome.FAILED
    assert isinstance(refused.error, FinalError)

    await enqueue(jobs, database, message("busy@example.com"))
    [put_off] = await run_waiting(jobs, state, raises=False)
    assert put_off.outcome is Outcome.RETRIED
    assert await run_waiting(jobs, state) == []
    server.answers.clear()
    [done] = await run_waiting(jobs, state, delayed=True)
    assert done.outcome is Outcome.SUCCEEDED
    assert [to for _, to in server.taken] == [["busy@example.com"]]


async def test_a_system_without_mail_is_a_mistake(jobs: Jobs, database: Database) -> None:
    await enqueue(jobs, database, message())
    [result] = await run_waiting(jobs, {"database": database, "mailer": None}, raises=False)
    assert isinstance(result.error, TypeError)


def test_it_is_asked_for_about_a_day(jobs: Jobs) -> None:
    policy = mail_task(jobs).policy
    longest = sum(min(policy.pause * 2**failures, 3600.0) for failures in range(policy.retries))
    assert 20 * 3600 < longest < 30 * 3600
