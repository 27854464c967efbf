"""The worker: takes jobs, runs several at a time, and gives back what it cannot finish."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from padstone.db import Database, Listener, name_of
from padstone.jobs import lease
from padstone.jobs.driver import CHANNEL
from padstone.jobs.patience import repeat, set_within
from padstone.jobs.record import Claim
from padstone.jobs.registry import Jobs
from padstone.jobs.run import Outcome, Run
from padstone.jobs.upkeep import keep_time, sweep
from padstone.settings import DatabaseSettings, JobSettings

__all__ = ["Worker"]

_BEATS_PER_LEASE = 4  # three may be missed
_LAST_WORDS_SECONDS = 5.0

_log = structlog.get_logger("padstone.jobs")


class Worker:
    """Runs the jobs of a system until it is stopped.

    ``state`` is what the application has opened. ``sign`` is called a few times in each
    JOBS_LEASE_SECONDS, as long as the database answers.
    """

    def __init__(
        self, jobs: Jobs, state: Mapping[str, Any], *, sign: Callable[[], None] = lambda: None
    ) -> None:
        settings: Any = state["settings"]
        for group in (DatabaseSettings, JobSettings):
            if not isinstance(settings, group):
                raise TypeError(f"A worker's settings inherit {group.__name__}.")
        self.id: UUID = uuid4()
        self._jobs = jobs
        self._state = state
        self._limits = {task.name: task.policy.limit for task in jobs}
        self._concurrency = settings.JOBS_CONCURRENCY
        self._lease = timedelta(seconds=settings.JOBS_LEASE_SECONDS)
        self._poll = settings.JOBS_POLL_SECONDS
        self._keep = timedelta(days=settings.JOBS_KEEP_DAYS)
        self._grace = settings.SHUTDOWN_GRACE_SECONDS
        # Beside the pool: jobs that use up its connections must not keep the signs of life.
        own = {"DATABASE_POOL_MIN_SIZE": 0, "DATABASE_POOL_SIZE": 4}
        self._database = Database(settings.model_copy(update=own))
        self._wake = asyncio.Event()
        self._listener = Listener(settings)
        # What was said while it did not listen is lost, so it looks when it does again.
        self._listener.subscribe({CHANNEL: self._hear}, hears=lambda _: self._wake.set())
        self._sign = sign
        self._runs: dict[asyncio.Task[None], Run] = {}
        self._stopping = asyncio.Event()
        self._at_once = asyncio.Event()
        self._was_interrupted = False
        self._takes_over_from = 0.0

    @property
    def running(self) -> int:
        """How many jobs it runs now."""
        return len(self._runs)

    def stop(self) -> None:
        """Takes no more jobs, and ends when those that run have, or their time is up.

        A second call gives back at once what still runs.
        """
        if self._stopping.is_set():
            self._at_once.set()
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Works until ``stop``. Jobs that run then have SHUTDOWN_GRACE_SECONDS to end."""
        beside = [
            asyncio.create_task(work)
            for work in (
                repeat("signs of life", self._beat),
                keep_time(self._database, self._jobs.schedules, self._poll),
                sweep(self._database, self._keep),
            )
        ]
        self._listener.start()
        try:
            await self._take_until_stopped()
            await self._let_end()
        finally:
            for helper in beside:
                helper.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._listener.stop()
            await self._give_back()
            await self._database.close()

    async def _take_until_stopped(self) -> None:
        taking = asyncio.create_task(repeat("taking jobs", self._take, until=self._stopping))
        await self._stopping.wait()
        # What it is just taking it may have, unless the database takes its time.
        await asyncio.wait({taking}, timeout=1.0)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)

    async def _take(self) -> float:
        self._wake.clear()
        free = self._concurrency - len(self._runs)
        taken: list[Claim] = []
        wait = self._poll
        if free > 0:
            async with self._database.session() as session:
                taken = await lease.claim(session, self.id, self._limits, most=free)
            if not taken:
                async with self._database.session() as session:
                    wait = min(wait, await lease.until_next(session, self._limits))
        for job in taken:
            self._start(job)
        if not taken:
            await set_within(self._wake, wait)
        return 0.0

    def _start(self, job: Claim) -> None:
        run = Run(self._jobs.tasks[job.task], job, self._state)
        task = asyncio.create_task(self._execute(run))
        self._runs[task] = run
        task.add_done_callback(self._ended)

    async def _execute(self, run: Run) -> None:
        try:
            await run.execute()
        except Exception as error:  # noqa: BLE001  # the job goes to another when its lease is over
            _log.error("a run broke off", job_id=run.job.job_id, exc_info=error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._runs[task]
        self._wake.set()

    async def _beat(self) -> float:
        known = list(self._runs.values())
        try:
            async with self._database.session() as session:
                mine = await lease.beat(session, self.id, [run.job.job_id for run in known])
        except BaseException:
            self._was_interrupted = True
            raise
        self._sign()
        for run in known:
            if run.job.job_id not in mine and not run.is_ending:
                run.abandon(Outcome.LOST)
        await self._take_over()
        return self._lease.total_seconds() / _BEATS_PER_LEASE

    async def _take_over(self) -> None:
        """Puts jobs back whose worker has fallen silent."""
        now = asyncio.get_running_loop().time()
        if self._was_interrupted:
            # After a restart of the database all workers have been silent. They come back now.
            self._was_interrupted = False
            self._takes_over_from = now + self._lease.total_seconds()
        if now < self._takes_over_from:
            return
        async with self._database.session() as session:
            back = await lease.reclaim(session, self._limits, self._lease)
        for row in back:
            _log.warning(
                "a job had lost its worker",
                job_id=row["id"],
                task=row["entrypoint"],
                state=row["status"],
            )
        if back:
            self._wake.set()

    def _hear(self, payload: str) -> None:
        said = json.loads(payload)
        if said.get("type") == "cancellation_event":
            for run in self._runs.values():
                if run.job.job_id in said["ids"] and not run.is_ending:
                    run.abandon(Outcome.CANCELLED)
        elif said.get("operation") != "delete" or any(self._limits.values()):
            self._wake.set()  # where a job has ended, one of a task with a limit may begin

    async def _let_end(self) -> None:
        if not self._runs:
            return
        _log.info("waiting for jobs to end", running=self.running, seconds=self._grace)
        ended = asyncio.ensure_future(asyncio.wait(list(self._runs)))
        hurry = asyncio.create_task(self._at_once.wait())
        await asyncio.wait({ended, hurry}, timeout=self._grace, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (ended, hurry):
            waiting.cancel()
        for run in self._runs.values():
            run.abandon(Outcome.GIVEN_BACK)
        if self._runs:
            await asyncio.wait(list(self._runs), timeout=_LAST_WORDS_SECONDS)
        for task in self._runs:
            task.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)

    async def _give_back(self) -> None:
        """What did not end, and what it may have taken without knowing, as the connection broke."""
        try:
            async with self._database.session() as session:
                await lease.give_back(session, self.id)
        except Exception as error:  # noqa: BLE001  # the lease ends by itself
            _log.warning("jobs are given back by the end of their lease", error=name_of(error))
