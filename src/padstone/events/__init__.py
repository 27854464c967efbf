"""Server-sent events: streams that hold no connection, and events that are kept in PostgreSQL.

::

    RUN_EVENTS = EventLog(RunEvent, terminal={"finished", "failed"})

    await RUN_EVENTS.append(session, run.id, "progress", {"done": 3})  # in a service or a job

    @router.get("/runs/{run_id}/events", **event_stream(Progress))
    async def follow_run(…, session: ReadSessionDep, follower: FollowerDep, after: LastEventIdDep):
        await RUN_EVENTS.check(session, run.id, after)
        return EventStream(follower.events(RUN_EVENTS, run.id, after=after))

``create_app(settings, event_logs=[RUN_EVENTS], …)`` makes the log known.
"""

from padstone.events.columns import EventColumns
from padstone.events.dependencies import FollowerDep, LastEventIdDep
from padstone.events.errors import EventsExpiredError, StreamEndedError
from padstone.events.event import Event
from padstone.events.follower import Follower
from padstone.events.log import EventLog, LoggedEvent
from padstone.events.openapi import document_streams, event_stream
from padstone.events.stream import EventStream

__all__ = [
    "Event",
    "EventColumns",
    "EventLog",
    "EventStream",
    "EventsExpiredError",
    "Follower",
    "FollowerDep",
    "LastEventIdDep",
    "LoggedEvent",
    "StreamEndedError",
    "document_streams",
    "event_stream",
]
