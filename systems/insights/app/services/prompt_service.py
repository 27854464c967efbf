"""Prompts: versions that never change, and labels that move between them.

Whoever makes a version holds the prompt's row locked, so that no two get the same number.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import PromptOutdatedError
from app.models import Prompt, PromptLabel, PromptVersion
from app.schemas.prompt import PromptVersionRead
from padstone.cache import Cache
from padstone.errors import NotFoundError
from padstone.ids import new_id

__all__ = [
    "PRODUCTION",
    "add_version",
    "begin_prompt",
    "cached_version",
    "drop_cached",
    "find_version",
    "labelled_version",
    "remove_label",
    "restore_version",
    "set_label",
    "versions_of",
]

PRODUCTION = "production"
"""The label of the version that analyses take where they are told none."""

_FRESH_SECONDS = 60.0


def begin_prompt(prompt: Prompt, *, content: str, criteria: Sequence[dict[str, Any]]) -> None:
    """Gives a new prompt its version 1, in production; all are inserted together."""
    author = prompt.created_by
    first = PromptVersion(version=1, content=content, criteria=list(criteria), created_by=author)
    prompt.latest_version = first.version
    prompt.versions = [first]
    prompt.labels = [PromptLabel(name=PRODUCTION, prompt_version=first, set_by=author)]


def versions_of(prompt: Prompt) -> Select[PromptVersion]:
    """All versions of a prompt, for a page or a list."""
    return select(PromptVersion).where(PromptVersion.prompt_id == prompt.id)


async def find_version(session: AsyncSession, prompt: Prompt, version: int) -> PromptVersion:
    """One version by its number, or ``NotFoundError``."""
    found = await session.scalar(versions_of(prompt).where(PromptVersion.version == version))
    if found is None:
        raise NotFoundError("This prompt has no such version.")
    return found


async def labelled_version(session: AsyncSession, prompt_id: UUID, label: str) -> PromptVersion:
    """The version that a label of a living prompt points to, or ``NotFoundError``."""
    found = await session.scalar(
        select(PromptVersion)
        .join(
            PromptLabel,
            (PromptLabel.prompt_id == PromptVersion.prompt_id)
            & (PromptLabel.version == PromptVersion.version),
        )
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(PromptVersion.prompt_id == prompt_id, PromptLabel.name == label)
    )
    if found is None:
        raise NotFoundError("There is no such prompt, or it has no such label.")
    return found


async def cached_version(
    cache: Cache, session: AsyncSession, prompt_id: UUID, label: str
) -> PromptVersionRead:
    """What ``labelled_version`` finds, from the cache where it can."""

    async def produce() -> PromptVersionRead:
        return PromptVersionRead.model_validate(await labelled_version(session, prompt_id, label))

    return await cache.get_or_set(
        f"prompt:{prompt_id}:{label}",
        produce,
        model=PromptVersionRead,
        ttl=_FRESH_SECONDS,
        tags=[_tag(prompt_id)],
    )


def drop_cached(cache: Cache, session: AsyncSession, prompt_id: UUID) -> None:
    """Once the change of a label, or of whether there is the prompt, is committed."""
    cache.drop_after_commit(session, tags=[_tag(prompt_id)])


async def add_version(  # the words of a version
    session: AsyncSession,
    prompt: Prompt,
    *,
    content: str,
    criteria: Sequence[dict[str, Any]],
    user_id: UUID | None,
    note: str | None = None,
    based_on: int | None = None,
    restored_from: int | None = None,
) -> PromptVersion:
    """The next version of ``prompt``, whose row is locked. No label points to it yet.

    Raises ``PromptOutdatedError`` where ``based_on`` is not the newest version any more.
    """
    if based_on is not None and based_on != prompt.latest_version:
        raise PromptOutdatedError(
            f"Version {prompt.latest_version} was made since. Read it, and base yours on that."
        )
    prompt.latest_version += 1
    made = PromptVersion(
        id=new_id(),
        prompt_id=prompt.id,
        version=prompt.latest_version,
        content=content,
        criteria=list(criteria),
        note=note,
        restored_from=restored_from,
        created_by=user_id,
    )
    session.add(made)
    await session.flush()
    return made


async def restore_version(
    session: AsyncSession, prompt: Prompt, version: int, *, user_id: UUID
) -> PromptVersion:
    """The words of an earlier version as the newest one; the history stays as it was."""
    earlier = await find_version(session, prompt, version)
    return await add_version(
        session,
        prompt,
        content=earlier.content,
        criteria=earlier.criteria,
        user_id=user_id,
        note=f"Version {version} again",
        restored_from=version,
    )


async def set_label(
    session: AsyncSession, prompt: Prompt, name: str, version: int, *, user_id: UUID | None
) -> PromptLabel:
    """The label, pointing to ``version``; setting it again changes nothing."""
    await find_version(session, prompt, version)
    wanted = insert(PromptLabel).values(
        id=new_id(), prompt_id=prompt.id, name=name, version=version, set_by=user_id
    )
    found = await session.scalars(
        wanted.on_conflict_do_update(
            index_elements=[PromptLabel.prompt_id, PromptLabel.name],
            set_={"version": wanted.excluded.version, "set_by": wanted.excluded.set_by},
            where=PromptLabel.version != wanted.excluded.version,
        ).returning(PromptLabel)
    )
    made = found.one_or_none()
    return made if made is not None else await _label(session, prompt, name)


async def remove_label(session: AsyncSession, prompt: Prompt, name: str) -> None:
    """Takes the label away; one that is not there is as good as taken away."""
    await session.execute(
        delete(PromptLabel).where(PromptLabel.prompt_id == prompt.id, PromptLabel.name == name)
    )


def _tag(prompt_id: UUID) -> str:
    return f"prompt {prompt_id}"


async def _label(session: AsyncSession, prompt: Prompt, name: str) -> PromptLabel:
    found = await session.scalars(
        select(PromptLabel).where(PromptLabel.prompt_id == prompt.id, PromptLabel.name == name)
    )
    return found.one()
