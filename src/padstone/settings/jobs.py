"""Settings of background jobs."""

from pydantic import Field

from padstone.settings.base import Settings

__all__ = ["JobSettings"]


class JobSettings(Settings):
    """Background jobs in PostgreSQL. It stands beside ``DatabaseSettings``.

    A system whose settings inherit it has the jobs' tables in its migrations.
    """

    JOBS_CONCURRENCY: int = Field(
        10, ge=1, le=1000, description="Jobs that one worker runs at the same time."
    )
    JOBS_LEASE_SECONDS: float = Field(
        10.0,
        ge=1,
        le=600,
        description="After how long without a sign of its worker a job is given to another one.",
    )
    JOBS_POLL_SECONDS: float = Field(
        5.0,
        gt=0,
        le=300,
        description="How often a worker looks for jobs that nobody told it of.",
    )
    JOBS_KEEP_DAYS: int = Field(
        14, ge=1, le=3650, description="How long failed jobs, and what is known of others, stay."
    )
    JOBS_HEALTH_FILE: str = Field(
        "",
        description="The file by which `padstone worker --check` knows that a worker lives; "
        "empty: one named after the system in the folder for temporary files.",
    )
