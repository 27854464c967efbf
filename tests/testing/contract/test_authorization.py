"""Each check of who may what, on a system that keeps the promise, and on one that does not."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Request
from sqlalchemy import select, text

from contracted import Part, PartCreate, Reader, Thing, ThingRead, ThingsWorld, Writer, thing_of
from padstone.db import Database, ReadSessionDep, SessionDep
from padstone.errors import AuthError, NotFoundError, PermissionDeniedError
from padstone.problems import problem_responses
from padstone.state import opened
from padstone.testing.contract import Operation, World, authorization

GUARDED: dict[str, Any] = {"security": [{"Bearer": ["things:read"]}]}


def operation(world: World, name: str) -> Operation:
    return world.operations[name]


async def test_a_system_that_keeps_them_all(make_world: Any) -> None:
    async with make_world() as world:
        await authorization.test_promise_23_nothing_else_is_open(world)
        await authorization.test_promise_23_no_answer_shows_anothers_rows(world)
        for one in world.operations.values():
            if one.is_guarded:
                await authorization.test_promise_23_strangers_are_refused(world, one)
                await authorization.test_promise_23_who_may_do_less_is_refused(world, one)
            if one.is_about_rows:
                await authorization.test_promise_23_anothers_row_is_as_good_as_none(world, one)
            if one.is_guarded and one.takes_json:
                await authorization.test_promise_23_anothers_row_in_a_body_is_as_good_as_none(
                    world, one
                )


def router() -> APIRouter:
    return APIRouter(prefix="/faults")


async def test_an_operation_that_is_open_by_mistake(make_world: Any) -> None:
    faulty = router()

    @faulty.get("")
    async def list_faults() -> list[str]:
        return []

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match=r"Only in the document: \['list_faults'\]"):
            await authorization.test_promise_23_nothing_else_is_open(world)


async def test_a_guard_that_is_documented_and_not_there(make_world: Any) -> None:
    faulty = router()

    @faulty.get("", openapi_extra=GUARDED)
    async def list_faults() -> list[str]:
        return []

    async with make_world(faulty) as world:
        one = operation(world, "list_faults")
        with pytest.raises(AssertionError, match="answered nobody with 200"):
            await authorization.test_promise_23_strangers_are_refused(world, one)
        with pytest.raises(AssertionError, match="all but things:read with 200"):
            await authorization.test_promise_23_who_may_do_less_is_refused(world, one)


async def test_a_refusal_that_says_why(make_world: Any) -> None:
    faulty = router()

    @faulty.get("", openapi_extra=GUARDED)
    async def list_faults(request: Request) -> list[str]:
        raise AuthError("Too long." if len(request.headers.get("x-api-key", "")) > 99 else "No.")

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match=r"tells \['nonsense as a key'\] from nobody"):
            await authorization.test_promise_23_strangers_are_refused(
                world, operation(world, "list_faults")
            )


async def test_a_stranger_who_leaves_something_behind(make_world: Any) -> None:
    faulty = router()

    @faulty.get("", openapi_extra=GUARDED)
    async def list_faults(request: Request) -> list[str]:
        async with opened(request, "database", Database).session() as session:
            await session.execute(text("UPDATE accounts SET email = 'seen@example.com'"))
        raise AuthError

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="accounts"):
            await authorization.test_promise_23_strangers_are_refused(
                world, operation(world, "list_faults")
            )


async def _any_thing(session: Any, thing_id: UUID) -> Thing:
    found: Thing | None = await session.scalar(select(Thing).where(Thing.id == thing_id))
    if found is None:
        raise NotFoundError
    return found


async def test_a_row_of_somebody_else_is_shown(make_world: Any) -> None:
    faulty = router()

    @faulty.get("/{thing_id}", response_model=ThingRead)
    async def get_fault(_: Reader, thing_id: UUID, session: ReadSessionDep) -> Thing:
        return await _any_thing(session, thing_id)

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="answered another's row with 200"):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "get_fault")
            )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionDeniedError("It is not yours."), "answered another's row with 403"),
        (NotFoundError("It is not here."), "get_fault"),
    ],
)
async def test_a_refusal_that_tells_that_there_is_a_row(
    make_world: Any, error: Exception, words: str
) -> None:
    faulty = router()

    @faulty.get("/{thing_id}", response_model=ThingRead)
    async def get_fault(principal: Reader, thing_id: UUID, session: ReadSessionDep) -> Thing:
        thing = await _any_thing(session, thing_id)
        if thing.account_id != principal.subject:
            raise error
        return thing

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match=words):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "get_fault")
            )


async def test_a_write_before_the_refusal(make_world: Any) -> None:
    faulty = router()

    @faulty.post("/{thing_id}", response_model=ThingRead)
    async def touch_fault(principal: Writer, thing_id: UUID, request: Request) -> Thing:
        async with opened(request, "database", Database).session() as session:
            thing = await session.scalar(select(Thing).where(Thing.id == thing_id))
            if thing is not None:
                thing.name = "seen"
        async with opened(request, "database", Database).read_session() as session:
            return await thing_of(session, principal, thing_id)

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="changed something for somebody else"):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "touch_fault")
            )


async def test_a_route_that_never_finds_anything_proves_nothing(make_world: Any) -> None:
    faulty = router()

    @faulty.get("/{thing_id}", response_model=ThingRead)
    async def get_fault(_: Reader, thing_id: UUID) -> Thing:
        raise NotFoundError

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="answered the owner with 404"):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "get_fault")
            )


async def test_a_part_of_somebody_elses_thing_below_ones_own(make_world: Any) -> None:
    faulty = router()

    @faulty.get("/{thing_id}/parts/{part_id}", response_model=ThingRead)
    async def get_fault(
        principal: Reader, thing_id: UUID, part_id: UUID, session: ReadSessionDep
    ) -> Part:
        await thing_of(session, principal, thing_id)
        part = await session.get(Part, part_id)
        if part is None:
            raise NotFoundError
        return part

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="answered another's row with 200"):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "get_fault")
            )


async def test_a_list_that_shows_everybodys_rows(make_world: Any) -> None:
    faulty = router()

    @faulty.get("", response_model=list[ThingRead])
    async def list_faults(_: Reader, session: ReadSessionDep) -> Any:
        return (await session.scalars(select(Thing))).all()

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match="list_faults shows rows of somebody else"):
            await authorization.test_promise_23_no_answer_shows_anothers_rows(world)


@pytest.mark.parametrize(
    ("error", "words"), [(None, "took another's thing_id"), ("It is not yours.", "tells another's")]
)
async def test_a_body_that_refers_to_somebody_elses_row(
    make_world: Any, error: str | None, words: str
) -> None:
    faulty = router()

    @faulty.post("", status_code=201, response_model=ThingRead, responses=problem_responses(404))
    async def create_fault(principal: Writer, body: PartCreate, session: SessionDep) -> Thing:
        thing = await _any_thing(session, body.thing_id)
        if error is not None and thing.account_id != principal.subject:
            raise NotFoundError(error)
        return thing

    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match=words):
            await authorization.test_promise_23_anothers_row_in_a_body_is_as_good_as_none(
                world, operation(world, "create_fault")
            )


async def test_a_shared_row_that_is_not_shared(make_world: Any) -> None:
    class Shared(ThingsWorld):
        shared = frozenset({"thing_id"})

    async with make_world(kind=Shared) as world:
        with pytest.raises(AssertionError, match="it is not what `shared`"):
            await authorization.test_promise_23_anothers_row_is_as_good_as_none(
                world, operation(world, "get_thing")
            )
