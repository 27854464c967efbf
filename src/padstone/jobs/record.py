"""One job as it is stored: what a worker runs, and what a person looks at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

__all__ = ["Claim", "JobInfo", "JobState", "read_object"]


class JobState(StrEnum):
    """What has become of a job. pgqueuer has other words for the same."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @classmethod
    def of(cls, status: str) -> "JobState":
        """The state behind pgqueuer's ``status``."""
        return _STATES[status]

    @property
    def statuses(self) -> list[str]:
        """The words of pgqueuer for it."""
        return [status for status, state in _STATES.items() if state is self]


_STATES = {
    "queued": JobState.QUEUED,
    "picked": JobState.RUNNING,
    "successful": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "exception": JobState.FAILED,
    "canceled": JobState.CANCELLED,
    "deleted": JobState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker has taken, and the sign by which it is that worker's.

    ``failures`` is how often it was tried in vain, ``losses`` how often a worker vanished with it.
    """

    job_id: int
    task: str
    payload: bytes | None
    worker: UUID
    failures: int = 0
    losses: int = 0
    request_id: str | None = None

    @property
    def attempt(self) -> int:
        """Which run this is, from 1."""
        return self.failures + self.losses + 1

    @classmethod
    def of(cls, row: Mapping[str, Any], worker: UUID) -> "Claim":
        """What a row of the queue says."""
        headers = read_object(row["headers"])
        losses = int(headers.get("losses", 0))
        return cls(
            job_id=row["id"],
            task=row["entrypoint"],
            payload=row["payload"],
            worker=worker,
            failures=row["attempts"] - losses,
            losses=losses,
            request_id=headers.get("request_id"),
        )


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job for whoever looks after it.

    ``due_at`` is when it may run, ``error`` the class of the last failure and ``message`` its
    words. Of a job that has ended well or was cancelled less is known: its row is gone.
    """

    id: int
    task: str
    state: JobState
    attempts: int
    priority: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    unique: str | None = None
    error: str | None = None
    message: str | None = None
    request_id: str | None = None
    payload: Any = None


def read_object(value: Any) -> dict[str, Any]:
    """A column of JSON objects, which drivers give as text or read already."""
    read = json.loads(value) if isinstance(value, str) else value
    return read if isinstance(read, dict) else {}
