"""Analyses: begun, cancelled, tried again, taken over by a person, and what is written of them.

Whoever changes how far an analysis is holds its row locked, so that it ends once, whoever is late.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.exceptions import (
    AnalysisIncompleteError,
    AnalysisNotFailedError,
    AnalysisNotManualError,
    AnalysisOverError,
)
from app.core.vocabulary import AnalysisMode, AnalysisStatus
from app.models import (
    Analysis,
    AnalysisEvent,
    AnalysisResult,
)
from app.services.analysis_costs import release, reserve, settle
from app.services.analysis_material import criteria_of, pinned_versions
from app.services.analysis_results import write_result
from padstone.db import ReadSession
from padstone.errors import FieldError, NotFoundError, PadstoneError
from padstone.events import EventLog

__all__ = [
    "ANALYSIS_EVENTS",
    "OPEN",
    "begin_by_hand",
    "cancel",
    "fail",
    "finish",
    "finish_by_hand",
    "last_event",
    "locked",
    "prepare_retry",
    "set_result",
    "take_over",
    "tell",
]

ANALYSIS_EVENTS = EventLog(AnalysisEvent, keep=timedelta(days=30))
"""What happens to analyses. A stream goes on after a failure, since it may be tried again."""

OPEN = (AnalysisStatus.QUEUED, AnalysisStatus.RUNNING)


async def locked(session: AsyncSession, analysis_id: UUID) -> Analysis | None:
    """The analysis as it is now, for nobody else to change before this transaction ends."""
    return await session.scalar(
        select(Analysis)
        .where(Analysis.id == analysis_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def tell(
    session: AsyncSession, analysis: Analysis, kind: str, detail: str | None = None
) -> None:
    """Lets those who watch know."""
    await ANALYSIS_EVENTS.append(
        session,
        analysis.id,
        kind,
        {
            "status": analysis.status,
            "progress": analysis.progress,
            "attempt": analysis.attempt,
            "detail": detail,
        },
    )


async def last_event(session: AsyncSession | ReadSession, analysis_id: UUID) -> int:
    """The number of the newest event; 0 where there is none."""
    found = await session.scalar(
        select(func.max(AnalysisEvent.sequence)).where(AnalysisEvent.stream_id == analysis_id)
    )
    return found or 0


async def begin_by_hand(session: AsyncSession, analysis: Analysis) -> None:
    """Waits for the results that its owner enters."""
    analysis.status, analysis.started_at = AnalysisStatus.RUNNING, func.now()
    await _announce(session, analysis, "started")


async def cancel(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Ends it for good. What was judged so far is paid. Raises ``AnalysisOverError``."""
    _refuse_over(analysis)
    analysis.status = AnalysisStatus.CANCELLED
    analysis.finished_at = func.now()
    await settle(session, analysis, settings)
    await _announce(session, analysis, "cancelled")


async def fail(session: AsyncSession, analysis: Analysis, error: PadstoneError) -> None:
    """Ends it until it is tried again; nothing is paid till then."""
    analysis.status = AnalysisStatus.FAILED
    analysis.error_code, analysis.error = error.code, error.detail
    analysis.finished_at = func.now()
    await release(session, analysis)
    await _announce(session, analysis, "failed", error.detail)


async def prepare_retry(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Queues a failed one again. What was answered is not asked again.

    Raises ``AnalysisNotFailedError``, and what ``reserve`` raises.
    """
    if analysis.status != AnalysisStatus.FAILED:
        raise AnalysisNotFailedError
    _reopen(analysis, AnalysisStatus.QUEUED)
    await session.flush()
    await reserve(session, analysis, settings)
    await _announce(session, analysis, "queued")


async def take_over(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """From now on a person judges; what a model has answered so far is paid, and left out.

    Raises ``AnalysisOverError`` for one that has succeeded or was cancelled.
    """
    if analysis.status in {AnalysisStatus.SUCCEEDED, AnalysisStatus.CANCELLED}:
        raise AnalysisOverError
    if analysis.mode == AnalysisMode.MANUAL:
        return
    await settle(session, analysis, settings)
    _reopen(analysis, AnalysisStatus.RUNNING)
    analysis.mode, analysis.model = AnalysisMode.MANUAL, None
    analysis.started_at = func.now()
    await _announce(session, analysis, "taken_over")


async def set_result(  # what a person says of one criterion
    session: AsyncSession,
    analysis: Analysis,
    version_id: UUID,
    criterion: str,
    *,
    user_id: UUID,
    values: dict[str, Any],
) -> AnalysisResult:
    """Enters or changes a result. Raises ``NotFoundError`` for a criterion that is not asked for,
    ``AnalysisNotManualError`` and ``AnalysisOverError``.
    """
    asked = criteria_of(await pinned_versions(session, analysis.id))
    titles = {(version.id, one["key"]): one["title"] for version, one in asked}
    if (version_id, criterion) not in titles:
        raise NotFoundError("This analysis asks for no such criterion.")
    _refuse_over(analysis)
    if analysis.mode != AnalysisMode.MANUAL:
        raise AnalysisNotManualError
    title = titles[version_id, criterion]
    row = {**values, "title": title, "judged_by": AnalysisMode.MANUAL, "user_id": user_id}
    result = await write_result(session, analysis.id, version_id, criterion, row)
    entered = await session.scalar(
        select(func.count()).where(AnalysisResult.analysis_id == analysis.id)
    )
    analysis.progress = min(99, 100 * (entered or 0) // len(titles))
    await _announce(session, analysis, "progress")
    return result


async def finish_by_hand(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Ends a manual one. Raises ``AnalysisIncompleteError`` that names what lacks a result,
    ``AnalysisNotManualError`` and ``AnalysisOverError``.
    """
    _refuse_over(analysis)
    if analysis.mode != AnalysisMode.MANUAL:
        raise AnalysisNotManualError
    asked = criteria_of(await pinned_versions(session, analysis.id))
    rows = await session.execute(
        select(AnalysisResult.prompt_version_id, AnalysisResult.criterion).where(
            AnalysisResult.analysis_id == analysis.id
        )
    )
    entered = {tuple(row) for row in rows}
    missing = [
        FieldError(f"results.{version.id}.{one['key']}", f"{one['title']} has no result yet")
        for version, one in asked
        if (version.id, one["key"]) not in entered
    ]
    if missing:
        raise AnalysisIncompleteError(errors=missing)
    await finish(session, analysis, settings)


async def finish(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Ends it well, and takes what it cost."""
    analysis.status, analysis.progress = AnalysisStatus.SUCCEEDED, 100
    analysis.finished_at = func.now()
    await settle(session, analysis, settings)
    await _announce(session, analysis, "succeeded")


async def _announce(
    session: AsyncSession, analysis: Analysis, kind: str, detail: str | None = None
) -> None:
    """Writes what has changed, and lets those who watch know."""
    await session.flush()
    await session.refresh(analysis)  # the trigger has written its revision and times
    await tell(session, analysis, kind, detail)


def _reopen(analysis: Analysis, status: AnalysisStatus) -> None:
    analysis.status = status
    analysis.attempt += 1
    analysis.error_code = analysis.error = analysis.finished_at = None


def _refuse_over(analysis: Analysis) -> None:
    if analysis.status not in OPEN:
        raise AnalysisOverError
