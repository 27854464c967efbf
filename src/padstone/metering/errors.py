"""Why a call is not taken, or not brought to its end."""

from padstone.errors import UnavailableError

__all__ = ["CallEndedError", "TooManyCallsError"]


class TooManyCallsError(UnavailableError):
    code = "too_many_calls"
    detail = "This server answers as many calls as it can. Try again shortly."


class CallEndedError(UnavailableError):
    """The answer ends before its end: the reader stood still, or the server is to stop."""

    code = "call_ended"
    detail = "The answer was broken off here. Try again."
