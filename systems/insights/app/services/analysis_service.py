"""Analyses: begun, cancelled, tried again, taken over by a person, and what is written of them.

Whoever changes how far an analysis is holds its row locked, so that it ends once, whoever is late.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.exceptions import (
    AnalysisIncompleteError,
    AnalysisNotFailedError,
    AnalysisNotManualError,
    AnalysisOverError,
    NothingToReadError,
)
from app.core.vocabulary import AnalysisMode, AnalysisStatus
from app.models import (
    Analysis,
    AnalysisEvent,
    AnalysisPart,
    AnalysisPrompt,
    AnalysisResult,
    File,
    Prompt,
    PromptLabel,
    PromptVersion,
)
from app.services.credit_service import ledger
from app.services.judging import Judgement
from app.services.prompt_service import PRODUCTION
from padstone.credits import HoldStatus
from padstone.db import ReadSession
from padstone.errors import FieldError, NotFoundError, PadstoneError, ValidationError
from padstone.events import EventLog
from padstone.files import FileStatus
from padstone.ids import new_id
from padstone.metering import Price

__all__ = [
    "ANALYSIS_EVENTS",
    "OPEN",
    "begin_by_hand",
    "cancel",
    "criteria_of",
    "fail",
    "files_of",
    "finish",
    "finish_by_hand",
    "last_event",
    "locked",
    "pin",
    "pinned_versions",
    "prepare_retry",
    "price",
    "reserve",
    "results_of",
    "set_result",
    "take_over",
    "tell",
    "write_results",
]

ANALYSIS_EVENTS = EventLog(AnalysisEvent, keep=timedelta(days=30))
"""What happens to analyses. A stream goes on after a failure, since it may be tried again."""

OPEN = (AnalysisStatus.QUEUED, AnalysisStatus.RUNNING)

_LONGEST = timedelta(days=2)  # credits are set aside for so long at most
_INPUT_OVERHEAD = 8_000  # tokens around the files of one piece: the prompt, the form, the rules


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


def price(settings: Settings) -> Price:
    """What tokens cost a user."""
    return Price(settings.ANALYSIS_PROMPT_PRICE_MICROS, settings.ANALYSIS_COMPLETION_PRICE_MICROS)


async def reserve(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Sets aside the most that the analysis can cost in this attempt.

    Raises ``NothingToReadError`` for an upload without files, and ``InsufficientCreditsError``.
    """
    files = files_of(analysis.upload_id).order_by(None).subquery()
    size, count = (
        await session.execute(
            select(func.coalesce(func.sum(files.c.size_bytes), 0), func.count()).select_from(files)
        )
    ).one()
    if not count:
        raise NothingToReadError
    # No token is shorter than a byte, and of two pieces that follow each other one is half full.
    pieces = 2 * (size // settings.ANALYSIS_PIECE_CHARACTERS + 1)
    prompts = await session.scalar(
        select(func.count()).where(AnalysisPrompt.analysis_id == analysis.id)
    )
    cost = price(settings)
    read = size + pieces * _INPUT_OVERHEAD
    written = pieces * settings.ANALYSIS_OUTPUT_TOKENS
    most = (prompts or 0) * -(-(read * cost.prompt + written * cost.completion) // 1_000_000)
    if most:
        hold = await ledger.hold(
            session,
            analysis.user_id,
            most,
            key=f"analysis:{analysis.id}:{analysis.attempt}",
            lifetime=_LONGEST,
            reference=f"Analysis {analysis.name}"[:200],
        )
        analysis.hold_id = hold.id


async def begin_by_hand(session: AsyncSession, analysis: Analysis) -> None:
    """Waits for the results that its owner enters."""
    analysis.status, analysis.started_at = AnalysisStatus.RUNNING, func.now()
    await _end(session, analysis, "started")


async def cancel(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Ends it for good. What was judged so far is paid. Raises ``AnalysisOverError``."""
    _refuse_over(analysis)
    analysis.status = AnalysisStatus.CANCELLED
    analysis.finished_at = func.now()
    await _settle(session, analysis, settings)
    await _end(session, analysis, "cancelled")


async def fail(session: AsyncSession, analysis: Analysis, error: PadstoneError) -> None:
    """Ends it until it is tried again; nothing is paid till then."""
    analysis.status = AnalysisStatus.FAILED
    analysis.error_code, analysis.error = error.code, error.detail
    analysis.finished_at = func.now()
    await _release(session, analysis)
    await _end(session, analysis, "failed", error.detail)


async def prepare_retry(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Queues a failed one again. What was answered is not asked again.

    Raises ``AnalysisNotFailedError``, and what ``reserve`` raises.
    """
    if analysis.status != AnalysisStatus.FAILED:
        raise AnalysisNotFailedError
    _reopen(analysis, AnalysisStatus.QUEUED)
    await session.flush()
    await reserve(session, analysis, settings)
    await _end(session, analysis, "queued")


async def take_over(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """From now on a person judges; what a model has answered so far is paid, and left out.

    Raises ``AnalysisOverError`` for one that has succeeded or was cancelled.
    """
    if analysis.status in {AnalysisStatus.SUCCEEDED, AnalysisStatus.CANCELLED}:
        raise AnalysisOverError
    if analysis.mode == AnalysisMode.MANUAL:
        return
    await _settle(session, analysis, settings)
    _reopen(analysis, AnalysisStatus.RUNNING)
    analysis.mode, analysis.model = AnalysisMode.MANUAL, None
    analysis.started_at = func.now()
    await _end(session, analysis, "taken_over")


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
    result = await _write_result(session, analysis.id, version_id, criterion, row)
    entered = await session.scalar(
        select(func.count()).where(AnalysisResult.analysis_id == analysis.id)
    )
    analysis.progress = min(99, 100 * (entered or 0) // len(titles))
    await _end(session, analysis, "progress")
    return result


async def finish_by_hand(session: AsyncSession, analysis: Analysis) -> None:
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
    await finish(session, analysis)


async def finish(
    session: AsyncSession, analysis: Analysis, settings: Settings | None = None
) -> None:
    """Ends it well, and takes what it cost."""
    analysis.status, analysis.progress = AnalysisStatus.SUCCEEDED, 100
    analysis.finished_at = func.now()
    if settings is not None:
        await _settle(session, analysis, settings)
    await _end(session, analysis, "succeeded")


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
        await _write_result(session, analysis.id, version.id, judged.criterion, row)


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


async def _write_result(
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


async def _settle(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """Takes from what was set aside what the answers have used, once, and gives back the rest."""
    tokens = (
        await session.execute(
            select(
                func.coalesce(func.sum(AnalysisPart.tokens["prompt"].as_integer()), 0),
                func.coalesce(func.sum(AnalysisPart.tokens["completion"].as_integer()), 0),
            ).where(AnalysisPart.analysis_id == analysis.id)
        )
    ).one()
    analysis.prompt_tokens, analysis.completion_tokens = map(int, tokens)
    if analysis.hold_id is None:
        return
    cost = price(settings)
    used = analysis.prompt_tokens * cost.prompt + analysis.completion_tokens * cost.completion
    hold = await session.get_one(ledger.hold_model, analysis.hold_id)
    amount = min(-(-used // 1_000_000), hold.amount_micros)
    if amount and hold.status == HoldStatus.OPEN:
        await ledger.capture(
            session, analysis.user_id, hold.id, amount, key=f"analysis:{analysis.id}"
        )
        analysis.charged_micros, analysis.hold_id = amount, None
    else:
        await _release(session, analysis)


async def _release(session: AsyncSession, analysis: Analysis) -> None:
    if analysis.hold_id is None:
        return
    hold = await session.get_one(ledger.hold_model, analysis.hold_id)
    if hold.status == HoldStatus.OPEN:
        await ledger.release(session, analysis.user_id, hold.id)
    analysis.hold_id = None


async def _end(
    session: AsyncSession, analysis: Analysis, kind: str, detail: str | None = None
) -> None:
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
