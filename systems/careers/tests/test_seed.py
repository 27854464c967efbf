"""The demo user's search: made once, with a password that works and stays."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Application, JobPosting, ResumeVersion, User
from app.seed import seed
from padstone.auth.users.passwords import Passwords
from padstone.seed import Seeding
from padstone.testing.running import Running


@pytest.fixture
def seeding(session: AsyncSession, running: Running, tmp_path: Path) -> Seeding:
    development = running.state["settings"].model_copy(update={"ENVIRONMENT": "development"})
    return Seeding(session, development, tmp_path)


async def _password_works(seeding: Seeding) -> bool:
    user = (await seeding.session.scalars(select(User))).one()
    assert user.email_verified_at is not None
    passwords = Passwords(seeding.settings)  # type: ignore[arg-type]  # they are this system's
    return (
        await passwords.verify(seeding.credentials["demo password"], user.password_hash)
    ).is_right


async def test_d5_the_demo_user_is_in_the_middle_of_a_search(seeding: Seeding) -> None:
    await seed(seeding)
    await seeding.session.commit()
    assert await _password_works(seeding)
    session = seeding.session
    statuses = set(await session.scalars(select(Application.status)))
    assert {"draft", "viewed", "onsite", "offer", "rejected"} == {str(one) for one in statuses}
    assert {str(one) for one in await session.scalars(select(JobPosting.status))} == {
        "saved",
        "applied",
        "interviewing",
        "offer",
        "rejected",
    }
    (content, *_) = await session.scalars(select(ResumeVersion.content))
    assert {"basics", "work", "volunteer", "education", "skills", "languages"} <= set(content)
    (example,) = seeding.examples
    assert "{url}/api/v1/auth/login" in example
    assert seeding.credentials["demo password"] in example


async def test_d5_a_second_time_changes_nothing(seeding: Seeding, tmp_path: Path) -> None:
    await seed(seeding)
    await seeding.session.commit()
    count = select(func.count()).select_from(JobPosting)
    before = await seeding.session.scalar(count)
    written = text("SELECT max(updated_at) FROM users")
    at = await seeding.session.scalar(written)
    again = Seeding(seeding.session, seeding.settings, tmp_path)
    await seed(again)
    await seeding.session.commit()
    assert (again.report, again.credentials) == ([], seeding.credentials)
    assert await seeding.session.scalar(count) == before
    assert await seeding.session.scalar(written) == at


async def test_d5_a_password_that_was_lost_is_made_anew(seeding: Seeding, tmp_path: Path) -> None:
    await seed(seeding)
    lost = Seeding(seeding.session, seeding.settings, tmp_path / "another")
    await seed(lost)
    assert lost.credentials["demo password"] != seeding.credentials["demo password"]
    assert await _password_works(lost)


async def test_d5_elsewhere_nothing_is_made(
    session: AsyncSession, running: Running, tmp_path: Path
) -> None:
    seeding = Seeding(session, running.state["settings"], tmp_path)
    await seed(seeding)
    assert seeding.credentials == {}
    assert await session.scalar(select(func.count()).select_from(User)) == 0
