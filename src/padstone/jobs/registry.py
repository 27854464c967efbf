"""The tasks of a system."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec

from padstone.extras import require
from padstone.jobs.context import JobContext
from padstone.jobs.cron import Cron
from padstone.jobs.schedules import Schedule
from padstone.jobs.task import Policy, Task

__all__ = ["Jobs"]

P = ParamSpec("P")


class Jobs:
    """What a system does in the background: made once, beside its services.

    ``create_app(settings, jobs=jobs, …)`` makes it known to the worker. Raises
    ``MissingExtraError`` without the extra ``jobs``.
    """

    def __init__(self) -> None:
        require("jobs")
        self._tasks: dict[str, Task[Any]] = {}
        self._schedules: list[Schedule] = []

    @property
    def tasks(self) -> Mapping[str, Task[Any]]:
        """All tasks by name."""
        return MappingProxyType(self._tasks)

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """What runs by the clock."""
        return tuple(self._schedules)

    def __iter__(self) -> Iterator[Task[Any]]:
        return iter(self._tasks.values())

    def task(
        self,
        *,
        name: str | None = None,
        retries: int = 5,
        timeout: float = 60.0,
        pause: float = 2.0,
        limit: int = 0,
    ) -> Callable[[Callable[Concatenate[JobContext, P], Awaitable[None]]], Task[P]]:
        """Makes a task of an asynchronous function whose first parameter is its ``JobContext``.

        Its other parameters are what ``enqueue`` takes and stores as JSON, so they have types that
        Pydantic knows. ``name`` is what waiting jobs are found by: by default the function's own,
        and a function that is renamed keeps its jobs by it. For the others see ``Policy``.

        Raises ``ValueError`` where another task has the name.
        """
        policy = Policy(retries=retries, timeout=timeout, pause=pause, limit=limit)

        def register(
            function: Callable[Concatenate[JobContext, P], Awaitable[None]],
        ) -> Task[P]:
            task = Task(function, name or function.__name__, policy)
            if task.name in self._tasks:
                raise ValueError(f"There are two tasks named {task.name!r}.")
            self._tasks[task.name] = task
            return task

        return register

    def schedule(
        self,
        cron: str,
        *,
        name: str | None = None,
        retries: int = 5,
        timeout: float = 60.0,
        pause: float = 2.0,
    ) -> Callable[[Callable[[JobContext], Awaitable[None]]], Task[[]]]:
        """Makes a task that runs at the times that ``cron`` says, in UTC.

        It runs once over all workers. One that is due while the last run still waits or runs is
        left out, and of those that were missed while no worker was there, one is made up for.

        Raises ``ValueError`` for text that is not a cron expression of five fields, and
        ``TypeError`` for a function whose parameters have no defaults.
        """
        times = Cron(cron)

        def register(function: Callable[[JobContext], Awaitable[None]]) -> Task[[]]:
            task = self.task(name=name, retries=retries, timeout=timeout, pause=pause)(function)
            if task.payload.needs_values:
                raise TypeError(f"{task.name}: nobody is there to give a schedule its parameters.")
            self._schedules.append(Schedule(times, task))
            return task

        return register
