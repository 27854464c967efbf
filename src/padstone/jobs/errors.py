"""What can go wrong with a job."""

from typing import ClassVar

from padstone.errors import ConflictError, PadstoneError

__all__ = ["FinalError", "JobStateError", "LostJobError", "PayloadError"]


class FinalError(PadstoneError):
    """A task raises it where trying again is of no use: its job fails at once."""

    code: ClassVar[str] = "job_failed"
    detail = "The job cannot succeed."


class PayloadError(FinalError):
    """What a job was given fits its task no more. The message names fields and never a value."""

    code: ClassVar[str] = "job_payload"
    detail = "What the job was given fits its task no more."


class LostJobError(PadstoneError):
    """The job belongs to this run no longer: it was cancelled, or another worker has it.

    What the run would still commit under its name must not be committed.
    """

    code: ClassVar[str] = "job_lost"
    detail = "This run has lost its job: it was cancelled, or another worker has it by now."


class JobStateError(ConflictError):
    """The job is in a state in which this cannot be done."""

    code: ClassVar[str] = "job_state"
    detail = "The job is in a state in which this cannot be done."
