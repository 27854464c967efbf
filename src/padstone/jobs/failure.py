"""What is kept of an error that a job has failed with."""

import json
import traceback
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from padstone.db import name_of
from padstone.jobs.record import Claim
from padstone.log import redact

__all__ = ["describe"]

_LONGEST_MESSAGE = 1000


def describe(error: Exception, job: Claim) -> str:
    """``error`` as JSON in the shape of pgqueuer's log, without what looks like a secret."""
    # PostgreSQL's own words repeat values.
    words = name_of(error) if isinstance(error, SQLAlchemyError) else error
    described = {
        "job_id": job.job_id,
        "timestamp": datetime.now(UTC).isoformat(),
        "exception_type": type(error).__name__,
        "exception_message": _storable(words)[:_LONGEST_MESSAGE],
        "traceback": _storable("".join(traceback.format_tb(error.__traceback__))),
        "additional_context": {"attempt": job.attempt},
    }
    return json.dumps(described)


def _storable(words: object) -> str:
    # PostgreSQL stores every character but this one.
    return str(redact(words)).replace("\0", "")
