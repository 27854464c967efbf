"""Writing the demo user's search, as if it had gone on for weeks."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.vocabulary import ApplicationStatus, InterviewType, PromptTask
from app.models import (
    Application,
    ApplicationStatusChange,
    CoverLetter,
    InterviewEvent,
    JobPosting,
    JobPostingStatusChange,
    MasterResume,
    PromptTemplate,
    ResumeVersion,
    User,
)
from app.schemas.json_resume import JsonResume
from app.seed.demo import DOCUMENT, EMAIL, LETTER, POSTINGS, PROMPT
from app.services import snapshots, statuses, versions
from app.services.resume_import import import_resume
from app.services.users import users
from padstone.auth.users import UserAdministration
from padstone.auth.users.passwords import Passwords
from padstone.seed import Seeding

__all__ = ["seed"]


async def seed(seeding: Seeding) -> None:
    """Makes the demo user and the search, unless they are there."""
    settings = seeding.settings
    if settings.ENVIRONMENT != "development" or not isinstance(settings, Settings):
        seeding.say("Careers needs no reference data.")
        return
    password = seeding.remember("demo password", lambda: secrets.token_urlsafe(12))
    user = await _user(seeding.session, settings, password)
    if await seeding.session.scalar(select(MasterResume.id).limit(1)) is None:
        await _search(seeding.session, user.id)
        seeding.say(f"Made a job search for {EMAIL}.")
    seeding.credentials["demo user"] = EMAIL
    seeding.examples.append(
        "curl -X POST {url}/api/v1/auth/login -H 'Content-Type: application/json' "
        f"""-d '{{"email": "{EMAIL}", "password": "{password}"}}'"""
    )


async def _user(session: AsyncSession, settings: Settings, password: str) -> User:
    admin = UserAdministration.apart(session, users, settings)
    found = await session.scalar(select(User).where(User.email == EMAIL))
    if found is None:
        made: User = await admin.create(EMAIL, password_hash=await admin.hashed(password, EMAIL))
        made.full_name, made.location, made.timezone = "Ada Demo", "Berlin", "Europe/Berlin"
        return made
    # The remembered password may have been lost with its file.
    if not (await Passwords(settings).verify(password, found.password_hash)).is_right:
        await admin.set_password(found, await admin.hashed(password, EMAIL))
    return found


async def _search(session: AsyncSession, user_id: UUID) -> None:
    resume = import_resume(user_id, "Backend", JsonResume.model_validate(DOCUMENT))
    session.add(resume)
    await session.flush()
    session.expunge(resume)  # its sections are to be read as anybody would read them
    sent = [await _version(session, user_id, resume.id, label) for label in ("General", "Payments")]
    prompt = PromptTemplate(
        user_id=user_id, prompt_task=PromptTask.COVER_LETTER, name="Short and true", content=PROMPT
    )
    await versions.begin_prompt(session, prompt)
    session.add(prompt)
    for number, posting in enumerate(POSTINGS):
        await _posting(session, user_id, posting, sent[number % 2])
    await snapshots.take(session, [user_id], datetime.now(UTC).date())


async def _version(
    session: AsyncSession, user_id: UUID, resume_id: UUID, label: str
) -> ResumeVersion:
    version = ResumeVersion(resume_id=resume_id, label=label)
    await versions.begin_resume_version(session, user_id, version, None)
    session.add(version)
    await session.flush()
    return version


async def _posting(
    session: AsyncSession, user_id: UUID, data: dict[str, Any], version: ResumeVersion
) -> None:
    values = {name: value for name, value in data.items() if name not in {"saved", "steps"}}
    posting = JobPosting(user_id=user_id, created_at=_ago(data["saved"]), **values)
    session.add(posting)
    await session.flush()
    session.add(
        JobPostingStatusChange(
            job_posting_id=posting.id,
            to_status=statuses.POSTING.initial,
            created_at=posting.created_at,
        )
    )
    if data["steps"] is not None:
        await _application(session, posting, data["steps"], version)


async def _application(
    session: AsyncSession,
    posting: JobPosting,
    steps: list[tuple[str, int]],
    version: ResumeVersion,
) -> None:
    letter = CoverLetter(
        user_id=posting.user_id,
        job_posting_id=posting.id,
        title=f"{posting.company}, first",
        content=LETTER,
    )
    versions.begin_letter(letter)
    session.add(letter)
    application = Application(
        user_id=posting.user_id,
        job_posting_id=posting.id,
        resume_version_id=version.id,
        cover_letter_id=letter.id,
        created_at=posting.created_at,
    )
    session.add(application)
    await session.flush()
    session.add(
        ApplicationStatusChange(
            application_id=application.id,
            to_status=statuses.APPLICATION.initial,
            created_at=posting.created_at,
        )
    )
    for status, days in steps:
        wanted = ApplicationStatus(status)
        await statuses.change_application(session, application, wanted, None, at=_ago(days))
    if application.status == ApplicationStatus.ONSITE:
        session.add(_interview(application))
        application.next_step_on = datetime.now(UTC).date()


def _interview(application: Application) -> InterviewEvent:
    starts_at = (datetime.now(UTC) + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    return InterviewEvent(
        user_id=application.user_id,
        application_id=application.id,
        interview_type=InterviewType.ONSITE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        location="Second floor, ask for Ms Okafor",
        interviewers=["Chidi Okafor", "Lena Brandt"],
    )


def _ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
