"""One run of one job: from the stored call to what is noted of how it ended."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog

from padstone.db import Database, translate
from padstone.errors import UnavailableError
from padstone.jobs import lease
from padstone.jobs.context import JobContext
from padstone.jobs.errors import LostJobError
from padstone.jobs.failure import describe
from padstone.jobs.record import Claim
from padstone.jobs.task import Task

__all__ = ["Outcome", "Result", "Run"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0

_log = structlog.get_logger("padstone.jobs")


class Outcome(StrEnum):
    """How a run ended.

    It succeeded; it failed and is tried again; it failed for good; somebody cancelled the job; the
    worker stopped and gave the job back; or the job was another worker's by then.
    """

    SUCCEEDED = "succeeded"
    RETRIED = "retried"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GIVEN_BACK = "given back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run, and the error that ended it."""

    job_id: int
    task: str
    outcome: Outcome
    error: Exception | None = None


class Run:
    """A job that is being run. ``state`` is what the application has opened."""

    def __init__(self, task: Task[Any], job: Claim, state: Mapping[str, Any]) -> None:
        self.job = job
        self._task = task
        self._database: Database = state["database"]
        self._context = JobContext(state, job)
        self._running: asyncio.Task[Any] | None = None
        self._has_returned = False
        self._abandoned: Outcome | None = None

    @property
    def is_ending(self) -> bool:
        """Whether the job's row may be gone because the run itself has ended the job."""
        return self._has_returned or self._context.is_completing

    def abandon(self, outcome: Outcome) -> None:
        """Stops the run: the task sees a cancellation at its next ``await``.

        A run whose task has returned only notes how it ended, and goes on.
        """
        if self._running is not None and not self._has_returned and self._abandoned is None:
            self._abandoned = outcome
            self._running.cancel()

    async def execute(self) -> Result:
        """Runs the task and notes how it ended, in a transaction of its own.

        An error of the task is no error of this method: it is in the result.
        """
        began = time.perf_counter()
        job = self.job
        about = {"job_id": job.job_id, "task": job.task, "attempt": job.attempt}
        if job.request_id is not None:
            about["request_id"] = job.request_id
        with structlog.contextvars.bound_contextvars(**about):
            outcome, error = await self._end(await self._call())
            _write_line(outcome, error, time.perf_counter() - began)
        return Result(job.job_id, job.task, outcome, error)

    async def _call(self) -> Exception | None:
        self._running = asyncio.current_task()
        try:
            async with asyncio.timeout(self._task.policy.timeout):
                await self._task.run(self._context, self.job.payload)
        except Exception as error:  # noqa: BLE001  # it is noted, logged, and tried again
            return error
        except asyncio.CancelledError:
            if self._abandoned is None or self._running is None:
                raise
            self._running.uncancel()
        finally:
            self._has_returned = True
        return None

    async def _end(self, error: Exception | None) -> tuple[Outcome, Exception | None]:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._note(error), error
            except Exception as failure:
                if not isinstance(translate(failure), UnavailableError):
                    raise
                if pause == _FIRST_PAUSE:
                    _log.warning("the end of a job waits for the database")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _note(self, error: Exception | None) -> Outcome:
        job, policy = self.job, self._task.policy
        if self._abandoned is not None:
            return self._abandoned  # which whoever abandoned it has noted, or will
        if isinstance(error, LostJobError):
            return Outcome.LOST
        async with self._database.session() as session:
            if error is None:
                return self._ended_as(Outcome.SUCCEEDED, noted=await lease.end(session, job))
            said = describe(error, job)
            pause = policy.pause_after(job.failures + 1, error)
            if pause is None:
                noted = await lease.fail(session, job, said)
                return self._ended_as(Outcome.FAILED, noted=noted)
            noted = await lease.retry(session, job, said, pause)
            return self._ended_as(Outcome.RETRIED, noted=noted)

    def _ended_as(self, outcome: Outcome, *, noted: bool) -> Outcome:
        if noted:
            return outcome
        # The row is gone. Where the task has ended the job together with its effect, that counts,
        # whatever came after.
        return Outcome.SUCCEEDED if self._context.is_completing else Outcome.LOST


def _write_line(outcome: Outcome, error: Exception | None, seconds: float) -> None:
    said: dict[str, Any] = {"outcome": outcome.value, "duration_ms": round(seconds * 1000, 2)}
    if error is not None:
        said["error"] = type(error).__name__
    if outcome is Outcome.FAILED:
        _log.error("job", exc_info=error, **said)
    elif error is None and outcome in {Outcome.SUCCEEDED, Outcome.GIVEN_BACK, Outcome.CANCELLED}:
        _log.info("job", **said)
    else:
        _log.warning("job", **said)
