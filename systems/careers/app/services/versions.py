"""Versions of résumés, letters and prompts: numbered, one in use, and never rewritten.

Whoever makes or activates one holds the row above the others locked, so that of two at the same
time the second one sees what the first has done.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import NotFoundError
from app.models import Base, CoverLetter, MasterResume, PromptTemplate, ResumeVersion, User
from app.services.resume_export import export_resume, load_resume
from padstone.ids import new_id
from padstone.models import INCLUDE_DELETED

__all__ = [
    "activate",
    "begin_letter",
    "begin_prompt",
    "begin_resume_version",
    "continue_series",
    "duplicate_letter",
    "duplicate_prompt",
    "duplicate_resume_version",
    "in_use",
]

V = TypeVar("V", ResumeVersion, CoverLetter, PromptTemplate)
S = TypeVar("S", CoverLetter, PromptTemplate)

_WORDS: dict[type[Base], tuple[str, ...]] = {
    CoverLetter: ("user_id", "series_id", "title", "job_posting_id", "content"),
    PromptTemplate: (
        *("user_id", "series_id", "prompt_task", "name"),
        *("content", "system_prompt", "model", "temperature"),
    ),
    ResumeVersion: ("resume_id", "label", "note", "job_posting_id", "content"),
}


async def begin_resume_version(
    session: AsyncSession, user_id: UUID, version: ResumeVersion, content: dict[str, Any] | None
) -> None:
    """Numbers a new version, and takes its words from the résumé where it brings none."""
    await _lock(session, MasterResume, version.resume_id)
    version.version = await _next(session, version)
    version.is_active = version.version == 1
    if content is None:
        content = export_resume(await load_resume(session, user_id, version.resume_id))
    version.content = content


def begin_letter(letter: CoverLetter) -> None:
    """Makes a new letter the first of its series."""
    _begin_series(letter)
    letter.is_active = True


async def begin_prompt(session: AsyncSession, prompt: PromptTemplate) -> None:
    """Makes a new prompt the first of its series, in use where its task has none yet."""
    await _lock(session, User, prompt.user_id)
    _begin_series(prompt)
    prompt.is_active = not await session.scalar(
        select(PromptTemplate.id).where(*_rivals(prompt), PromptTemplate.is_active).limit(1)
    )


async def continue_series(session: AsyncSession, row: S, words: dict[str, Any]) -> S:
    """The next version of the row's series, with other words. It is not in use yet."""
    await _lock(session, type(row), row.series_id)
    made = _copy(row, **words)
    made.version = await _next(session, row)
    session.add(made)
    await session.flush()
    return made


async def duplicate_resume_version(session: AsyncSession, row: ResumeVersion) -> ResumeVersion:
    """The same words as the next version of the résumé."""
    await _lock(session, MasterResume, row.resume_id)
    made = _copy(row, label=_copy_of(row.label), source_id=row.id)
    made.version = await _next(session, row)
    session.add(made)
    await session.flush()
    return made


async def duplicate_letter(session: AsyncSession, row: CoverLetter) -> CoverLetter:
    """The same words as a letter of its own."""
    made = _copy(row, title=_copy_of(row.title))
    begin_letter(made)
    session.add(made)
    await session.flush()
    return made


async def duplicate_prompt(session: AsyncSession, row: PromptTemplate) -> PromptTemplate:
    """The same words as a prompt of its own. It is in use where its task has none yet."""
    made = _copy(row, name=_copy_of(row.name))
    await begin_prompt(session, made)
    session.add(made)
    await session.flush()
    return made


async def activate(session: AsyncSession, row: V) -> V:
    """Puts the version into use in place of the one that is. Doing it twice changes nothing."""
    above, key = _above(row)
    await _lock(session, above, key)
    model = type(row)
    # In two steps, since PostgreSQL checks after each row that no two are in use.
    await session.execute(
        update(model)
        .where(*_rivals(row), model.id != row.id, model.is_active)
        .values(is_active=False)
    )
    row.is_active = True
    await session.flush()
    return row


async def in_use(session: AsyncSession, row: V) -> UUID:
    """The id of the one in use, among those of which one is. ``NotFoundError`` where none is."""
    model = type(row)
    found = await session.scalar(select(model.id).where(*_rivals(row), model.is_active))
    if found is None:
        raise NotFoundError("None is in use; name the other one by against=.")
    return found


def _begin_series(row: CoverLetter | PromptTemplate) -> None:
    row.id = new_id()
    row.series_id = row.id
    row.version = 1


def _copy(row: V, **changes: Any) -> V:
    words = {name: getattr(row, name) for name in _WORDS[type(row)]}
    return type(row)(**{**words, **changes})


def _copy_of(name: str) -> str:
    return f"Copy of {name}"[:200]


def _above(row: ResumeVersion | CoverLetter | PromptTemplate) -> tuple[type[Base], UUID]:
    """The row that is locked while one of several is put into use."""
    if isinstance(row, ResumeVersion):
        return MasterResume, row.resume_id
    if isinstance(row, CoverLetter):
        return CoverLetter, row.series_id
    return User, row.user_id


def _rivals(row: ResumeVersion | CoverLetter | PromptTemplate) -> tuple[ColumnElement[bool], ...]:
    """Those of which one is in use."""
    if isinstance(row, ResumeVersion):
        return (ResumeVersion.resume_id == row.resume_id,)
    if isinstance(row, CoverLetter):
        return (CoverLetter.series_id == row.series_id,)
    return (
        PromptTemplate.user_id == row.user_id,
        PromptTemplate.prompt_task == row.prompt_task,
    )


async def _lock(session: AsyncSession, model: type[Base], key: UUID) -> None:
    column = model.__table__.c.id
    # On the table, since a series goes on when its first version is deleted.
    await session.execute(select(column).where(column == key).with_for_update(key_share=True))


async def _next(session: AsyncSession, row: ResumeVersion | CoverLetter | PromptTemplate) -> int:
    """The number after the last one, deleted ones counted, so that none is used twice."""
    model = type(row)
    series = "resume_id" if isinstance(row, ResumeVersion) else "series_id"
    last = await session.scalar(
        select(func.max(model.version))
        .where(getattr(model, series) == getattr(row, series))
        .execution_options(**INCLUDE_DELETED)
    )
    return (last or 0) + 1
