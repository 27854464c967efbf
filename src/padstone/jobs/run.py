"""One run of one job: from the stored call to what is noted of how it ended."""

import asyncio
import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from padstone.db import Database, name_of
from padstone.jobs import lease
from padstone.jobs.context import JobContext
from padstone.jobs.errors import LostJobError
from padstone.jobs.record import Claim
from padstone.jobs.task import Task
from padstone.log import redact

__all__ = ["Outcome", "Result", "run"]

_LONGEST_MESSAGE = 1000

_log = structlog.get_logger("padstone.jobs")


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    RETRIED = "retried"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run, and the error that ended it."""

    job_id: int
    task: str
    outcome: Outcome
    error: Exception | None = None


async def run(task: Task[Any], job: Claim, state: Mapping[str, Any]) -> Result:
    """Runs ``job`` and notes how it ended, in a transaction of its own.

    An error of the task is no error of this function: it is in the result. A cancellation is passed
    on, and nothing is noted.
    """
    began = time.perf_counter()
    about = {"job_id": job.job_id, "task": job.task, "attempt": job.attempt}
    if job.request_id is not None:
        about["request_id"] = job.request_id
    with structlog.contextvars.bound_contextvars(**about):
        error = await _call(task, JobContext(state, job), job.payload)
        outcome = await _note(task, job, state["database"], error)
        _write_line(outcome, error, time.perf_counter() - began)
    return Result(job.job_id, job.task, outcome, error)


async def _call(task: Task[Any], context: JobContext, payload: bytes | None) -> Exception | None:
    try:
        async with asyncio.timeout(task.policy.timeout):
            await task.run(context, payload)
    except Exception as error:  # noqa: BLE001  # it is noted, logged, and tried again
        return error
    return None


async def _note(
    task: Task[Any], job: Claim, database: Database, error: Exception | None
) -> Outcome:
    async with database.session() as session:
        if error is None:
            # Where the task has noted it itself, there is nothing left to note.
            await lease.end(session, job)
            return Outcome.SUCCEEDED
        if isinstance(error, LostJobError):
            return Outcome.LOST
        pause = task.policy.pause_after(job.failures + 1, error)
        if pause is None:
            noted = await lease.fail(session, job, describe(error, job))
            return Outcome.FAILED if noted else Outcome.LOST
        noted = await lease.retry(session, job, describe(error, job), pause)
        return Outcome.RETRIED if noted else Outcome.LOST


def describe(error: Exception, job: Claim) -> str:
    """``error`` as pgqueuer's log keeps it, without what looks like a secret."""
    # PostgreSQL's own words repeat values.
    words = name_of(error) if isinstance(error, SQLAlchemyError) else str(error)
    frames = "".join(traceback.format_tb(error.__traceback__))
    return json.dumps(
        {
            "job_id": job.job_id,
            "timestamp": datetime.now(UTC).isoformat(),
            "exception_type": type(error).__name__,
            "exception_message": redact(words)[:_LONGEST_MESSAGE],
            "traceback": redact(frames),
            "additional_context": {"attempt": job.attempt},
        }
    ).replace("\\u0000", "")  # which PostgreSQL does not store


def _write_line(outcome: Outcome, error: Exception | None, seconds: float) -> None:
    said: dict[str, Any] = {"outcome": outcome.value, "duration_ms": round(seconds * 1000, 2)}
    if error is None:
        _log.info("job", **said)
        return
    said["error"] = type(error).__name__
    if outcome is Outcome.FAILED:
        _log.error("job", exc_info=error, **said)
    else:
        _log.warning("job", **said)
