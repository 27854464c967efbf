"""What can go wrong with a stream's events."""

from padstone.errors import ConflictError

__all__ = ["EventsExpiredError", "StreamEndedError"]


class EventsExpiredError(ConflictError):
    code = "events_expired"
    detail = (
        "Events after the one in Last-Event-ID are no longer kept. Read the present state, and "
        "follow without Last-Event-ID."
    )


class StreamEndedError(ConflictError):
    code = "stream_ended"
    detail = "This stream has had its last event."
