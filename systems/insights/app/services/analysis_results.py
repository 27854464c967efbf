"""The results of analyses: one for each criterion, whoever has judged it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import AnalysisMode
from app.models import Analysis, AnalysisPrompt, AnalysisResult, PromptVersion
from app.services.judging import Judgement
from padstone.ids import new_id

__all__ = ["results_of", "write_result", "write_results"]


async def write_results(
    session: AsyncSession,
    analysis: Analysis,
    version: PromptVersion,
    judgements: Sequence[Judgement],
) -> None:
    """What a model thinks of each criterion of ``version``."""
    titles = {one["key"]: one["title"] for one in version.criteria}
    for judged in judgements:
        row = {
            **judged.model_dump(mode="json", exclude={"criterion"}),
            "title": titles[judged.criterion],
            "judged_by": AnalysisMode.MODEL,
            "user_id": None,
        }
        await write_result(session, analysis.id, version.id, judged.criterion, row)


def results_of(analysis_id: UUID) -> Select[AnalysisResult]:
    """Its results, in the order in which their prompts stand, with the prompts."""
    return (
        select(AnalysisResult)
        .join(
            AnalysisPrompt,
            (AnalysisPrompt.analysis_id == AnalysisResult.analysis_id)
            & (AnalysisPrompt.prompt_version_id == AnalysisResult.prompt_version_id),
        )
        .where(AnalysisResult.analysis_id == analysis_id)
        .order_by(AnalysisPrompt.position, AnalysisResult.id)
    )


async def write_result(
    session: AsyncSession, analysis_id: UUID, version_id: UUID, criterion: str, row: dict[str, Any]
) -> AnalysisResult:
    statement = insert(AnalysisResult).values(
        id=new_id(),
        analysis_id=analysis_id,
        prompt_version_id=version_id,
        criterion=criterion,
        **row,
    )
    written = await session.scalars(
        statement.on_conflict_do_update(
            index_elements=["analysis_id", "prompt_version_id", "criterion"], set_=row
        ).returning(AnalysisResult),
        execution_options={"populate_existing": True},
    )
    return written.one()
