"""Analyses at work: planned once, then judged piece by piece by whichever worker is free.

Whatever a job finds out it writes together with its own end. A worker that is killed before leaves
nothing, and the next one asks anew; one that is killed after has done its piece.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.configuration_keys import KEYS, ConfigurationName
from app.core.exceptions import NothingToReadError
from app.core.vocabulary import AnalysisMode, AnalysisStatus
from app.models import Analysis, AnalysisPart, File, PromptVersion
from app.services import analysis_service as service
from app.services.aggregation import Judged, combine
from app.services.analysis_material import files_of, pinned_versions
from app.services.analysis_pieces import parts_of, plan, progress_of, sources_of
from app.services.analysis_results import write_results
from app.services.configuration_service import effective_one
from app.services.jobs import jobs
from app.services.judging import Judgement, question, read_answer
from app.services.sources import Slice, Source, as_prompt, read_text
from padstone.errors import PadstoneError, UnavailableError
from padstone.jobs import JobContext
from padstone.providers import ChatRequest, Completion, Usage
from padstone.storage import Storage

__all__ = ["begin", "judge_part", "plan_analysis"]

_RETRIES = 4
_PLAN_SECONDS = 300.0
_PART_SECONDS = 3600.0  # providers have time limits of their own, which are shorter

_log = structlog.get_logger("app.analysis")


class InternalError(PadstoneError):
    """Something is wrong with us; the log has what."""

    code = "internal_error"
    detail = "Something went wrong while this was judged. It was noted; try again later."


async def begin(session: AsyncSession, analysis: Analysis) -> None:
    """Has the analysis judged, from where it stands."""
    await plan_analysis.enqueue(
        session,
        unique=f"{analysis.id}:{analysis.attempt}",
        analysis_id=analysis.id,
        attempt=analysis.attempt,
    )


@jobs.task(retries=_RETRIES, timeout=_PLAN_SECONDS)
async def plan_analysis(context: JobContext, analysis_id: UUID, attempt: int) -> None:
    """Cuts the files into pieces, and has each judged."""
    async with _failing(context, analysis_id, attempt):
        async with context.session() as session:
            analysis = await _wanted(session, analysis_id, attempt)
            if analysis is None:
                return
            files = (await session.scalars(files_of(analysis.upload_id))).all()
            is_planned = await session.scalar(parts_of(analysis_id).limit(1)) is not None
        sources = [] if is_planned else await sources_of(context.state["storage"], files)
        async with context.once() as session:
            analysis = await _wanted(session, analysis_id, attempt)
            if analysis is not None:
                await _begin_judging(session, analysis, sources, _settings(context))


@jobs.task(retries=_RETRIES, timeout=_PART_SECONDS)
async def judge_part(context: JobContext, part_id: UUID, attempt: int) -> None:
    """Asks a model about one piece, and closes the analysis with the last one."""
    async with context.session() as session:
        analysis_id = await session.scalar(
            select(AnalysisPart.analysis_id).where(AnalysisPart.id == part_id)
        )
    if analysis_id is None:
        return
    async with _failing(context, analysis_id, attempt):
        async with context.session() as session:
            task = await _task(session, part_id, attempt, _settings(context))
        if task is None:
            return
        files = await _texts(context.state["storage"], task)
        completion = await context.state["providers"].complete(task.request(files))
        judged = read_answer(task.version, completion)
        async with context.once() as session:
            await _keep(session, task, attempt, completion, judged, _settings(context))


@dataclass(frozen=True, slots=True)
class _Task:
    """All that is needed to judge one piece."""

    part: AnalysisPart
    version: PromptVersion
    model: str
    language: str
    instructions: str | None
    most_findings: int
    files: dict[UUID, File]
    settings: Settings

    def request(self, files: str) -> ChatRequest:
        """What the model is asked."""
        return question(
            self.version,
            files,
            model=self.model,
            language=self.language,
            instructions=self.instructions,
            most_findings=self.most_findings,
            output_tokens=self.settings.ANALYSIS_OUTPUT_TOKENS,
        )


async def _task(
    session: AsyncSession, part_id: UUID, attempt: int, settings: Settings
) -> _Task | None:
    """``None`` where nobody wants to know any more."""
    part = await session.get(AnalysisPart, part_id)
    if part is None or part.answered_at is not None:
        return None
    analysis = await session.scalar(select(Analysis).where(Analysis.id == part.analysis_id))
    if analysis is None or not _is_at_work(analysis, attempt) or analysis.model is None:
        return None
    version = await session.get_one(PromptVersion, part.prompt_version_id)
    files = (await session.scalars(files_of(analysis.upload_id))).all()
    return _Task(
        part=part,
        version=version,
        model=analysis.model,
        language=await _configured(session, analysis.user_id, ConfigurationName.LANGUAGE),
        instructions=analysis.instructions,
        most_findings=await _configured(session, analysis.user_id, ConfigurationName.MAX_FINDINGS),
        files={file.id: file for file in files},
        settings=settings,
    )


async def _keep(  # what came of a piece
    session: AsyncSession,
    task: _Task,
    attempt: int,
    completion: Completion,
    judged: Sequence[Judgement],
    settings: Settings,
) -> None:
    analysis = await _wanted(session, task.part.analysis_id, attempt)
    if analysis is None:
        return
    usage = completion.usage or Usage(prompt_tokens=0)
    kept = await session.execute(
        update(AnalysisPart)
        .where(AnalysisPart.id == task.part.id, AnalysisPart.answered_at.is_(None))
        .values(
            answer=[one.model_dump(mode="json") for one in judged],
            tokens={
                "prompt": usage.prompt_tokens,
                "completion": usage.completion_tokens,
                "is_estimate": usage.is_estimate,
            },
            answered_at=func.now(),
        )
        .returning(AnalysisPart.id)
        .execution_options(synchronize_session=False)
    )
    if kept.one_or_none() is None:
        return
    done, total = await progress_of(session, analysis.id)
    if done == total:
        await _close(session, analysis, settings)
    else:
        analysis.progress = min(99, 100 * done // total)
        await session.flush()
        await service.tell(session, analysis, "progress", f"{done} of {total}")


async def _close(session: AsyncSession, analysis: Analysis, settings: Settings) -> None:
    """One result for each criterion, from all pieces."""
    most = await _configured(session, analysis.user_id, ConfigurationName.MAX_FINDINGS)
    parts = (
        await session.scalars(
            select(AnalysisPart)
            .where(AnalysisPart.analysis_id == analysis.id)
            .order_by(AnalysisPart.number)
            .execution_options(populate_existing=True)
        )
    ).all()
    for version in await pinned_versions(session, analysis.id):
        own = [part for part in parts if part.prompt_version_id == version.id]
        said = [
            [Judged(Judgement.model_validate(one), part.size) for one in part.answer or []]
            for part in own
        ]
        combined = [combine(of_one, most_findings=most) for of_one in zip(*said, strict=True)]
        await write_results(session, analysis, version, combined)
    await service.finish(session, analysis, settings)


async def _begin_judging(
    session: AsyncSession, analysis: Analysis, sources: Sequence[Source], settings: Settings
) -> None:
    if sources:
        await plan(session, analysis, sources, settings.ANALYSIS_PIECE_CHARACTERS)
    waiting = (
        await session.scalars(parts_of(analysis.id).where(AnalysisPart.answered_at.is_(None)))
    ).all()
    done, total = await progress_of(session, analysis.id)
    if not total:
        await service.fail(session, analysis, NothingToReadError())
        return
    analysis.status, analysis.started_at = AnalysisStatus.RUNNING, func.now()
    analysis.progress = min(99, 100 * done // total)
    await session.flush()
    await service.tell(
        session, analysis, "started", f"{total} {'piece' if total == 1 else 'pieces'}"
    )
    if not waiting:  # all had been answered, and the attempt failed afterwards
        await _close(session, analysis, settings)
    for part_id in waiting:
        await judge_part.enqueue(
            session,
            unique=f"{part_id}:{analysis.attempt}",
            part_id=part_id,
            attempt=analysis.attempt,
        )


async def _wanted(session: AsyncSession, analysis_id: UUID, attempt: int) -> Analysis | None:
    """The analysis, locked, where this attempt is still the one that is to judge it."""
    analysis = await service.locked(session, analysis_id)
    return analysis if analysis is not None and _is_at_work(analysis, attempt) else None


def _is_at_work(analysis: Analysis, attempt: int) -> bool:
    return (
        analysis.status in service.OPEN
        and analysis.mode == AnalysisMode.MODEL
        and analysis.attempt == attempt
    )


async def _texts(storage: Storage, task: _Task) -> str:
    slices = [Slice.of(one) for one in task.part.slices]
    texts = {}
    for one in slices:
        if one.file_id not in task.files:  # the upload was deleted, or its time was over
            raise NothingToReadError
        if one.file_id not in texts:
            texts[one.file_id] = await read_text(storage, task.files[one.file_id]) or ""
    return as_prompt(slices, texts, task.settings.ANALYSIS_PIECE_CHARACTERS)


async def _configured(session: AsyncSession, user_id: UUID, name: ConfigurationName) -> Any:
    return (await effective_one(session, user_id, KEYS[name])).value


def _settings(context: JobContext) -> Settings:
    settings = context.state["settings"]
    assert isinstance(settings, Settings)  # noqa: S101  # create_app was given them
    return settings


@asynccontextmanager
async def _failing(context: JobContext, analysis_id: UUID, attempt: int) -> AsyncIterator[None]:
    """What goes wrong inside fails the analysis, where trying again is of no use or was done."""
    try:
        yield
    except PadstoneError as error:
        if context.attempt <= _RETRIES and isinstance(error, UnavailableError):
            raise
        await _give_up(context, analysis_id, attempt, error)
    except Exception:
        if context.attempt > _RETRIES:
            _log.exception("analysis failed", analysis=str(analysis_id))
            await _give_up(context, analysis_id, attempt, InternalError())
            return
        raise


async def _give_up(
    context: JobContext, analysis_id: UUID, attempt: int, error: PadstoneError
) -> None:
    async with context.once() as session:
        analysis = await _wanted(session, analysis_id, attempt)
        if analysis is not None:
            await service.fail(session, analysis, error)
