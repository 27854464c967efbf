"""What has changed from one analysis to another."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import Verdict
from app.models import Analysis, AnalysisPrompt, AnalysisResult, Prompt, PromptVersion
from app.schemas.analysis import AnalysisComparison, Change, CriterionComparison, FindingRead
from padstone.models import INCLUDE_DELETED

__all__ = ["compare"]

_RANK = {Verdict.NOT_MET: 0, Verdict.PARTLY_MET: 1, Verdict.MET: 2}


class _Place(NamedTuple):
    """The same criterion in two analyses, whatever the versions of its prompt."""

    prompt: str
    criterion: str


async def compare(session: AsyncSession, before: Analysis, after: Analysis) -> AnalysisComparison:
    """Criterion by criterion, in the order of the later one; what it lacks comes last."""
    old, new = await _results(session, before), await _results(session, after)
    criteria = [
        _criterion(place, old.get(place), new.get(place)) for place in dict.fromkeys([*new, *old])
    ]
    return AnalysisComparison(
        before_id=before.id,
        after_id=after.id,
        better=sum(one.change == "better" for one in criteria),
        worse=sum(one.change == "worse" for one in criteria),
        criteria=criteria,
    )


async def _results(session: AsyncSession, analysis: Analysis) -> Mapping[_Place, AnalysisResult]:
    rows = await session.execute(
        select(Prompt.slug, AnalysisResult)
        .join(PromptVersion, PromptVersion.id == AnalysisResult.prompt_version_id)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .join(
            AnalysisPrompt,
            (AnalysisPrompt.analysis_id == AnalysisResult.analysis_id)
            & (AnalysisPrompt.prompt_version_id == AnalysisResult.prompt_version_id),
        )
        .where(AnalysisResult.analysis_id == analysis.id)
        .order_by(AnalysisPrompt.position, AnalysisResult.id)
        .execution_options(**INCLUDE_DELETED)
    )
    return {_Place(slug, result.criterion): result for slug, result in rows}


def _criterion(
    place: _Place, before: AnalysisResult | None, after: AnalysisResult | None
) -> CriterionComparison:
    shown = after or before
    assert shown is not None  # noqa: S101  # one of both has brought the place
    old, new = _findings(before), _findings(after)
    return CriterionComparison(
        prompt=place.prompt,
        criterion=place.criterion,
        title=shown.title,
        change=_change(before, after),
        before=Verdict(before.verdict) if before else None,
        after=Verdict(after.verdict) if after else None,
        score_before=before.score if before else None,
        score_after=after.score if after else None,
        new_findings=[found for key, found in new.items() if key not in old],
        gone_findings=[found for key, found in old.items() if key not in new],
    )


def _change(before: AnalysisResult | None, after: AnalysisResult | None) -> Change:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    for old, new in (
        (_RANK.get(Verdict(before.verdict)), _RANK.get(Verdict(after.verdict))),
        (before.score, after.score),
    ):
        # What does not apply, or has no score, is neither better nor worse.
        if old is not None and new is not None and old != new:
            return "better" if new > old else "worse"
    return "same"


def _findings(result: AnalysisResult | None) -> dict[tuple[Any, ...], FindingRead]:
    # Not by the line, which moves when something is written above.
    found: Sequence[dict[str, Any]] = result.findings if result else []
    return {(one.path, one.text.casefold()): one for one in map(FindingRead.model_validate, found)}
