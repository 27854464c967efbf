from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from fastapi import APIRouter

from padstone.events import Event, EventStream, FollowerDep, LastEventIdDep, event_stream

MakeClient = Callable[..., Any]


def router() -> APIRouter:
    made = APIRouter()

    @made.get("/events", **event_stream())
    async def follow_events(after: LastEventIdDep) -> EventStream:
        async def source() -> AsyncGenerator[Event, None]:
            yield Event(repr(after))

        return EventStream(source())

    @made.get("/followed", **event_stream())
    async def follow_more(_follower: FollowerDep) -> None:
        """Never reached where nobody follows."""

    return made


@pytest.mark.parametrize(("given", "seen"), [(None, "None"), ("0", "0"), ("9" * 18, "9" * 18)])
async def test_how_far_a_client_got(started: MakeClient, given: str | None, seen: str) -> None:
    async with started(router()) as client:
        headers = {} if given is None else {"Last-Event-ID": given}
        answer = await client.get("/events", headers=headers)
    assert answer.status_code == 200
    assert answer.text.endswith(f"data: {seen}\n\n")


@pytest.mark.parametrize("given", ["", "-1", "1.0", "ten", "\u0661", "9" * 19, "1 2"])
async def test_what_is_no_number_is_told(started: MakeClient, given: str) -> None:
    async with started(router()) as client:
        answer = await client.get("/events", headers={"Last-Event-ID": given.encode()})
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert problem["field"] == "header.Last-Event-ID"
    assert "must be the id of the last event that was received" in problem["message"]


async def test_without_event_logs_nobody_follows(started: MakeClient) -> None:
    async with started(router()) as client:
        answer = await client.get("/followed")
    assert answer.status_code == 503
