"""The command itself: one process that runs jobs, or a look at the one that does."""

import asyncio
import json
import os
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from padstone.cli.failures import UsageError
from padstone.cli.parent import end_with, stdin_closed
from padstone.cli.system import System, load

if TYPE_CHECKING:
    from padstone.app import Application
    from padstone.jobs import Jobs

__all__ = ["worker"]


def worker(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Tell whether a worker lives on this host.")
    ] = False,
    under_dev: Annotated[tuple[int, int] | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the background jobs of the system of the current folder."""
    if check:
        _check(load())
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    pipe: int | None = None
    if under_dev is not None:
        port, pipe = under_dev
        # Where its server's own was taken: links in mails lead to where it really serves.
        os.environ["PORT"] = str(port)
    system = load()
    from padstone import log
    from padstone.cli.serve.config import failing_in_the_log
    from padstone.cli.worker.work import work

    log.configure(form="console")  # until the settings say how
    with failing_in_the_log("the application cannot be imported"):
        settings, app = system.settings, system.app
    jobs = jobs_of(app)
    if pipe is not None:
        end_with(stdin_closed, patience=settings.SHUTDOWN_GRACE_SECONDS + 1)
    with failing_in_the_log("the worker cannot start"):
        _run(work(app, jobs, lambda: _report(pipe)))


def jobs_of(app: "Application") -> "Jobs":
    """The application's tasks. Raises ``UsageError`` where it has none."""
    jobs = app.plan.jobs
    if jobs is None:
        raise UsageError("This system has no jobs: its create_app names none.")
    return jobs


def _check(system: System) -> None:
    from padstone.cli.worker.sign import sign_of
    from padstone.settings import JobSettings

    if not isinstance(system.settings, JobSettings):
        raise UsageError("This system has no jobs: its Settings do not inherit JobSettings.")
    typer.echo(sign_of(system.settings).look())


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ModuleNotFoundError:  # there is none for Windows
        asyncio.run(work)
    else:
        uvloop.run(work)


def _report(pipe: int | None) -> None:
    if pipe is not None:
        with os.fdopen(pipe, "w") as file:
            json.dump({}, file)


def _leave(*_: object) -> NoReturn:
    # Whoever asks a worker to end gets a clean end, from the first moment on.
    raise SystemExit(0)
