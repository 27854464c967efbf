"""A function whose calls can be stored, and run later by a worker."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, Generic, ParamSpec

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.errors import PadstoneError
from padstone.jobs.context import JobContext
from padstone.jobs.driver import connection_of, queries
from padstone.jobs.errors import FinalError
from padstone.jobs.payload import Payload

__all__ = ["Policy", "Task"]

P = ParamSpec("P")

_LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How a task is run.

    ``retries`` is how often it is tried again after a failure, the first time about ``pause``
    seconds later and each time twice as long, an hour at most; ``timeout`` in seconds is for one
    attempt. ``limit`` is how many of it may run at once over all workers; 0 is any number.
    """

    retries: int = 5
    timeout: float = 60.0
    pause: float = 2.0
    limit: int = 0

    def __post_init__(self) -> None:
        if self.retries < 0 or self.timeout <= 0 or self.pause < 0 or self.limit < 0:
            raise ValueError("retries, pause and limit are 0 or more, and timeout is above 0.")

    def pause_after(self, failures: int, error: BaseException) -> timedelta | None:
        """How long to wait after so many failures, the last one ``error``. ``None``: no more.

        An error that knows when the call may succeed (``retry_after``) is not asked before.
        """
        if failures > self.retries or isinstance(error, FinalError):
            return None
        pause = min(self.pause * 2.0 ** min(failures - 1, 32), _LONGEST_PAUSE_SECONDS)
        # Random, so that those which failed together do not come back together.
        pause *= random.uniform(0.5, 1.0)  # noqa: S311
        known = error.retry_after if isinstance(error, PadstoneError) else None
        return timedelta(seconds=max(pause, known or 0.0))


class Task(Generic[P]):
    """A task of a system, made by ``Jobs.task``. Calling it runs the function, here and now."""

    def __init__(
        self,
        function: Callable[Concatenate[JobContext, P], Awaitable[None]],
        name: str,
        policy: Policy,
    ) -> None:
        self.name = name
        self.policy = policy
        self.payload = Payload(function)
        self._function = function
        self.__doc__ = function.__doc__

    async def __call__(self, context: JobContext, *args: P.args, **kwargs: P.kwargs) -> None:
        await self._function(context, *args, **kwargs)

    async def run(self, context: JobContext, payload: bytes | None) -> None:
        """Runs the function with stored values. Raises ``PayloadError`` where they do not fit."""
        function: Callable[..., Awaitable[None]] = self._function
        await function(context, **self.payload.decode(payload))

    async def enqueue(
        self,
        session: AsyncSession,
        *,
        unique: str | None = None,
        delay: timedelta | None = None,
        priority: int = 0,
        **values: Any,
    ) -> int:
        """Stores a call with ``values`` in the transaction of ``session``; the job's id.

        Workers see the job when the transaction is committed, and never when it is undone. While
        a job of this task with the same ``unique`` key waits or runs, no other is made, and the
        id is that one's; the higher priority counts. ``delay`` is the least time before it runs,
        from now; of those that are due, the highest ``priority`` runs first.

        Raises ``TypeError`` for values that do not fit the function's signature.
        """
        payload = self.payload.encode(values)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        job_ids = await queries(await connection_of(session)).enqueue(
            self.name,
            payload,
            priority,
            execute_after=delay,
            dedupe_key=None if unique is None else f"{self.name}:{unique}",
            headers={"request_id": request_id} if request_id else {},
            on_conflict="update_priority",
        )
        return int(job_ids[0])
