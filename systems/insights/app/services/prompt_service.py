"""Prompts: versions that never change, labels that move, and what differs between two versions.

Whoever makes a version holds the prompt's row locked, so that no two get the same number.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import PromptKind
from app.models import Prompt, PromptLabel, PromptVersion
from padstone.ids import new_id

__all__ = ["PRODUCTION", "begin_prompt"]

PRODUCTION = "production"
"""The label of the version that analyses take where they are told none."""


async def begin_prompt(  # what a prompt is made of
    session: AsyncSession,
    *,
    slug: str,
    name: str,
    kind: PromptKind,
    description: str,
    content: str,
    criteria: Sequence[dict[str, Any]],
    user_id: UUID | None = None,
) -> Prompt:
    """A prompt with its version 1, which is in production."""
    prompt = Prompt(
        id=new_id(),
        slug=slug,
        name=name,
        kind=kind,
        description=description,
        latest_version=1,
        created_by=user_id,
    )
    session.add(prompt)
    await session.flush()
    version = PromptVersion(
        prompt_id=prompt.id, version=1, content=content, criteria=list(criteria), created_by=user_id
    )
    session.add(version)
    await session.flush()
    session.add(PromptLabel(prompt_id=prompt.id, name=PRODUCTION, version=1, set_by=user_id))
    await session.flush()
    return prompt
