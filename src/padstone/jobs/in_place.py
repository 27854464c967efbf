"""Running what waits here and now, one job after the other: for tests."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from padstone.jobs import lease
from padstone.jobs.registry import Jobs
from padstone.jobs.run import Outcome, Result, Run

__all__ = ["run_waiting"]


async def run_waiting(
    jobs: Jobs, state: Mapping[str, Any], *, delayed: bool = False, raises: bool = True
) -> list[Result]:
    """Runs every job that waits, also those that it enqueues meanwhile; what came of them.

    With ``delayed`` it does not wait for any time to come: what was put off, and what is to be
    tried again, runs too. With ``raises`` the first failure is raised, after it was noted.
    """
    worker, results = uuid4(), list[Result]()
    while True:
        async with state["database"].session() as session:
            job = await lease.claim_next(session, worker, jobs.tasks, delayed=delayed)
        if job is None:
            return results
        result = await Run(jobs.tasks[job.task], job, state).execute()
        results.append(result)
        if raises and result.error is not None and result.outcome is not Outcome.LOST:
            raise result.error
