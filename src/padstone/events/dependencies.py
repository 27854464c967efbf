"""What a route of a stream needs: the process's follower, and how far its client has got."""

from typing import Annotated

from fastapi import Depends, Header
from pydantic import AfterValidator
from starlette.requests import HTTPConnection

from padstone.events.follower import Follower
from padstone.state import opened

__all__ = ["FollowerDep", "LastEventIdDep"]

_MOST_DIGITS = 18  # what fits a bigint, whatever they are


async def _follower(connection: HTTPConnection) -> Follower:
    return opened(connection, "follower", Follower)


FollowerDep = Annotated[Follower, Depends(_follower)]
"""The application's follower. ``UnavailableError`` where it has not started or has no event log."""


def _number(value: str) -> str:
    if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS):
        raise ValueError(
            "must be the id of the last event that was received, a whole number; leave it out to "
            "begin at the beginning"
        )
    return value


_HeaderValue = Annotated[
    Annotated[str, AfterValidator(_number)] | None,
    Header(
        alias="Last-Event-ID",
        description="The id of the last event that was received, to go on after it. Browsers send "
        "it by themselves.",
        # The check is above, where its message says what would be right.
        json_schema_extra={"pattern": f"^[0-9]{{1,{_MOST_DIGITS}}}$"},
    ),
]


async def _last_event_id(last_event_id: _HeaderValue = None) -> int | None:
    return None if last_event_id is None else int(last_event_id)


LastEventIdDep = Annotated[int | None, Depends(_last_event_id)]
"""The number in ``Last-Event-ID``, and ``None`` for a client that comes for the first time."""
