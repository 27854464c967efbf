"""What a task works with besides what it was given."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.jobs import lease
from padstone.jobs.errors import LostJobError
from padstone.jobs.record import Claim

__all__ = ["JobContext"]


class JobContext:
    """One run of a job. ``state`` is what the application has opened, as requests see it.

    ``is_completing`` says that the job's completion is part of a transaction of the task.
    """

    def __init__(self, state: Mapping[str, Any], job: Claim) -> None:
        self.state = state
        self.is_completing = False
        self._job = job

    @property
    def job_id(self) -> int:
        """The job's number, which stays the same from attempt to attempt."""
        return self._job.job_id

    @property
    def attempt(self) -> int:
        """Which run of the job this is, from 1."""
        return self._job.attempt

    @property
    def request_id(self) -> str | None:
        """The id of the request that enqueued it, or that enqueued the job which did."""
        return self._job.request_id

    @property
    def database(self) -> Database:
        """The application's database."""
        database = self.state["database"]
        if not isinstance(database, Database):
            raise TypeError("This application has no database.")
        return database

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction: committed when the block ends well, undone when it does not.

        A job may run more than once: a worker that is killed after this commit runs it again. What
        must happen once goes into ``once``.
        """
        return self.database.session()

    @asynccontextmanager
    async def once(self) -> AsyncIterator[AsyncSession]:
        """A transaction that is committed together with the job's completion, and so only once.

        The job has succeeded when the block ends well, whatever happens afterwards. Raises
        ``LostJobError`` where the job is not this run's any more, and then commits nothing.
        """
        try:
            async with self.session() as session:
                await self.complete(session)
                yield session
        except BaseException:
            self.is_completing = False
            raise

    async def complete(self, session: AsyncSession) -> None:
        """Makes the job's completion a part of the transaction of ``session``.

        For a session of one's own; otherwise see ``once``. Raises ``LostJobError``.
        """
        if not await lease.end(session, self._job):
            raise LostJobError
        self.is_completing = True

    async def hold(self, session: AsyncSession) -> None:
        """Raises ``LostJobError`` where the job is not this run's any more.

        Otherwise nobody takes it away before the transaction of ``session`` ends. For what a job
        writes on its way, such as its progress, over which another run must not be written.
        """
        if not await lease.hold(session, self._job):
            raise LostJobError
