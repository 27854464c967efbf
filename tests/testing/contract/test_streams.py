"""An operation whose answer never ends is asked like all others."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter

from contracted import Reader, ThingRead, ThingsWorld, keys, routes, serving, thing_of
from padstone.app import create_app
from padstone.db import ReadSessionDep
from padstone.events import Event, EventStream, LastEventIdDep, event_stream
from padstone.settings import DatabaseSettings
from padstone.testing.contract import authorization, fuzz, openapi
from padstone.testing.running import run


def streams() -> APIRouter:
    router = APIRouter(prefix="/things/{thing_id}/events")

    @router.get("", summary="Follow a thing", **event_stream(ThingRead))
    async def follow_thing(
        principal: Reader, thing_id: UUID, session: ReadSessionDep, after: LastEventIdDep
    ) -> EventStream:
        thing = await thing_of(session, principal, thing_id)

        async def for_ever() -> AsyncGenerator[Event, None]:
            yield Event(ThingRead.model_validate(thing), id=str((after or 0) + 1))
            await asyncio.Event().wait()

        return EventStream(for_ever())

    return router


class UnmigratedWorld(ThingsWorld):
    """Its tables were not made by migrations, so that it is never ready."""

    ending = frozenset({"get_readiness"})


async def test_whose_stream_it_is(make_world: Any) -> None:
    async with make_world(streams()) as world:
        openapi.test_c3_the_document_is_valid(world)
        one = world.operations["follow_thing"]
        await authorization.test_promise_23_strangers_are_refused(world, one)
        await authorization.test_promise_23_who_may_do_less_is_refused(world, one)
        await authorization.test_promise_23_anothers_row_is_as_good_as_none(world, one)
        await authorization.test_promise_23_no_answer_shows_anothers_rows(world)


async def test_schemathesis_asks_for_it(
    own_things_settings: DatabaseSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 5)
    settings = own_things_settings.model_copy(update={"STREAM_MAX_SECONDS": 3600})
    app = create_app(
        settings, title="Things", version="1", routers=[routes, streams()], api_keys=keys
    )
    async with (
        run(app, settings) as running,
        running.client() as client,
        serving(app, settings) as server,
    ):
        world = UnmigratedWorld(running, client)
        await fuzz.test_c6_schemathesis_finds_nothing(server, world, tmp_path)


async def test_events_are_held_to_what_is_said_of_them(
    own_things_settings: DatabaseSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 3)
    faulty = APIRouter(prefix="/faults")

    @faulty.get("", summary="Other events", **event_stream(ThingRead))
    async def follow_faults(_: Reader) -> EventStream:
        async def wrong() -> AsyncGenerator[Event, None]:
            yield Event({"neither": "id nor name"})

        return EventStream(wrong())

    app = create_app(
        own_things_settings, title="Things", version="1", routers=[faulty], api_keys=keys
    )
    async with (
        run(app, own_things_settings) as running,
        running.client() as client,
        serving(app, own_things_settings) as server,
    ):
        world = ThingsWorld(running, client)
        with pytest.raises(AssertionError, match="SSE event violates schema"):
            await fuzz.test_c6_schemathesis_finds_nothing(server, world, tmp_path)
