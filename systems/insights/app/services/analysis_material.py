"""What an analysis goes by: the prompts that are meant, and the files that may be read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AnalysisPrompt, File, Prompt, PromptLabel, PromptVersion
from app.services.prompt_service import PRODUCTION
from padstone.errors import FieldError, ValidationError
from padstone.files import FileStatus

__all__ = ["criteria_of", "files_of", "pin", "pinned_versions"]


async def pin(session: AsyncSession, chosen: Sequence[Any]) -> list[AnalysisPrompt]:
    """The versions that are meant by ``chosen``, in its order.

    Raises ``ValidationError`` that names each prompt, version and label that there is not.
    """
    pins, problems = [], []
    for position, one in enumerate(chosen):
        version = await session.scalar(_chosen(one.prompt_id, one.version, one.label))
        if version is None:
            message = "names a prompt, a version or a label that there is not"
            problems.append(FieldError(f"body.prompts.{position}", message))
        else:
            pins.append(AnalysisPrompt(prompt_version_id=version, position=position))
    if problems:
        raise ValidationError(errors=problems)
    return pins


def _chosen(prompt_id: UUID, version: int | None, label: str | None) -> Select[UUID]:
    statement = (
        select(PromptVersion.id)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(PromptVersion.prompt_id == prompt_id)
    )
    if version is not None:
        return statement.where(PromptVersion.version == version)
    return statement.join(
        PromptLabel,
        (PromptLabel.prompt_id == PromptVersion.prompt_id)
        & (PromptLabel.version == PromptVersion.version),
    ).where(PromptLabel.name == (label or PRODUCTION))


def files_of(upload_id: UUID | None) -> Select[File]:
    """The files of an upload that are what their names say, by their paths."""
    return (
        select(File)
        .where(File.upload_id == upload_id, File.status == FileStatus.CLEAN)
        .order_by(File.path)
    )


async def pinned_versions(session: AsyncSession, analysis_id: UUID) -> Sequence[PromptVersion]:
    """The versions by which the analysis judges, in their order."""
    found = await session.scalars(
        select(PromptVersion)
        .join(AnalysisPrompt, AnalysisPrompt.prompt_version_id == PromptVersion.id)
        .where(AnalysisPrompt.analysis_id == analysis_id)
        .order_by(AnalysisPrompt.position)
    )
    return found.all()


def criteria_of(versions: Sequence[PromptVersion]) -> list[tuple[PromptVersion, dict[str, Any]]]:
    """Every criterion of the versions, in the order in which it is shown."""
    return [(version, one) for version in versions for one in version.criteria]
