"""``padstone jobs``: background jobs, looked at and interfered with by whoever runs the system."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from padstone.cli.database import on_database
from padstone.cli.failures import UsageError
from padstone.cli.group import new_group
from padstone.cli.output import print_json, print_table, progress
from padstone.cli.system import System, load

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from padstone.db import Database
    from padstone.jobs import JobInfo

__all__ = ["jobs"]

T = TypeVar("T")

jobs = new_group("Look at background jobs, retry and cancel them.")

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `jobs list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
OfTask = Annotated[str | None, typer.Option("--task", help="Only jobs of this task.")]


@jobs.command("list")
def list_jobs(
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(help="queued, running, failed, succeeded or cancelled; may be repeated."),
    ] = None,
    task: OfTask = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: AsJson = False,
) -> None:
    """Show jobs, those that changed last first. By default those that have not ended well."""
    from padstone.jobs import JobState, find_jobs

    system = _system()
    try:
        states = [JobState(one) for one in state or ("queued", "running", "failed")]
    except ValueError:
        known = ", ".join(JobState)
        raise UsageError(f"--state is one of {known}.") from None
    found = _in_session(
        system, lambda session: find_jobs(session, states=states, task=task, limit=limit)
    )
    if json:
        print_json([_as_json(job) for job in found])
    else:
        headings = ("id", "task", "state", "attempts", "changed", "due", "error")
        print_table(headings, map(_row, found))


@jobs.command()
def show(job_id: Number, *, json: AsJson = False) -> None:
    """Show one job: what it was given, and what it failed with."""
    from padstone.jobs import get_job

    found = _in_session(_system(), lambda session: get_job(session, job_id))
    if json:
        print_json(_as_json(found))
        return
    for name, value in _as_json(found).items():
        if value is not None:
            typer.echo(f"{name:<12}{value}")


@jobs.command()
def retry(job_id: Number, *, json: AsJson = False) -> None:
    """Run a failed job again, or one that waits for its time now."""
    from padstone.jobs import retry_job

    _in_session(_system(), lambda session: retry_job(session, job_id))
    if json:
        print_json({"id": job_id, "state": "queued"})
    progress(f"Job {job_id} waits for a worker.")


@jobs.command()
def cancel(job_id: Number, *, json: AsJson = False) -> None:
    """Cancel a job that waits or runs."""
    from padstone.jobs import JobState, cancel_job

    was = _in_session(_system(), lambda session: cancel_job(session, job_id))
    if json:
        print_json({"id": job_id, "state": "cancelled", "was": str(was)})
    told = " Its worker was told." if was is JobState.RUNNING else ""
    progress(f"Job {job_id} was {was} and is cancelled.{told}")


@jobs.command()
def purge(
    *,
    days: Annotated[
        float | None, typer.Option(min=0, help="Older than so many days; default: JOBS_KEEP_DAYS.")
    ] = None,
    task: OfTask = None,
    json: AsJson = False,
) -> None:
    """Delete failed jobs, and what is known of those that have ended."""
    from padstone.jobs import purge_jobs

    system = _system()
    settings: Any = system.settings
    age = timedelta(days=settings.JOBS_KEEP_DAYS if days is None else days)
    gone = _in_session(system, lambda session: purge_jobs(session, older_than=age, task=task))
    if json:
        print_json({"failed": gone})
    progress(f"{gone} failed {'job' if gone == 1 else 'jobs'} deleted.")


def _system() -> System:
    from padstone.settings import JobSettings

    system = load()
    if not isinstance(system.settings, JobSettings):
        raise UsageError("This system has no jobs: its Settings do not inherit JobSettings.")
    return system


def _in_session(system: System, work: "Callable[[AsyncSession], Awaitable[T]]") -> T:
    async def on(database: "Database") -> T:
        async with database.session() as session:
            return await work(session)

    return on_database(system, on)


def _as_json(job: "JobInfo") -> dict[str, Any]:
    from padstone.log import redact

    shown = asdict(job)
    return {**shown, "state": str(job.state), "payload": redact(job.payload)}


def _row(job: "JobInfo") -> tuple[str, ...]:
    due = job.due_at if job.state == "queued" else None
    return (
        str(job.id),
        job.task,
        str(job.state),
        str(job.attempts),
        _time(job.updated_at),
        "" if due is None else ("now" if due <= datetime.now(UTC) else f"{due:%Y-%m-%d %H:%M:%S}"),
        f"{job.error}: {job.message}" if job.error and job.state != "succeeded" else "",
    )


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
