"""A column that can be smuggled in is found, however deep."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import text

from contracted import Thing, ThingCreate, ThingRead, Writer
from padstone.db import Database, SessionDep
from padstone.resource import Guards, Operation, Resource
from padstone.schemas import Body, Patch, Read
from padstone.testing.contract import mass_assignment


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Loose(BaseModel):
    name: str


class Hidden(ThingCreate):
    account_id: SkipJsonSchema[UUID | None] = None


class Outer(Strict):
    inner: Loose | None = None


class Outers(Strict):
    items: list[Loose] = Field(default=[])


class Rules(ThingCreate):
    amount: int = Field(examples=["many"])


class Times(ThingCreate):
    created_at: datetime = Field(examples=["2024-05-01T12:00:00Z"])


def taking(body: Any) -> APIRouter:
    faulty = APIRouter(prefix="/faults")

    async def create_fault(principal: Writer, body: Any, session: SessionDep) -> Thing:
        thing = Thing(account_id=principal.subject, name="x")
        session.add(thing)
        await session.flush()
        return thing

    create_fault.__annotations__["body"] = body
    faulty.post("", status_code=201, response_model=ThingRead)(create_fault)
    return faulty


async def test_a_system_that_keeps_it(make_world: Any) -> None:
    async with make_world() as world:
        for one in world.operations.values():
            if one.takes_json:
                await mass_assignment.test_promise_24_no_column_can_be_smuggled_in(world, one)
                await mass_assignment.test_promise_24_no_body_offers_what_the_database_decides(
                    world, one
                )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (Loose, "answered 201 to unknown fields"),
        (Hidden, r"took \['body.account_id'\]"),
        (Outer, "answered 201 to unknown fields"),
        (Outers, "answered 201 to unknown fields"),
        (dict[str, Any], "takes any field"),
        (Rules, "has other faults, which could hide one"),
    ],
)
async def test_a_body_that_takes_more_than_it_says(make_world: Any, body: Any, words: str) -> None:
    async with make_world(taking(body)) as world:
        with pytest.raises(AssertionError, match=words):
            await mass_assignment.test_promise_24_no_column_can_be_smuggled_in(
                world, world.operations["create_fault"]
            )


class Fields(Body):
    name: str = Field(examples=["lamp"])


class Update(Patch, Fields): ...


class Shown(Read):
    id: UUID
    name: str


async def test_rows_that_are_checked_after_what_is_around_them(make_world: Any) -> None:
    many = Resource(
        Thing,
        create=Fields,
        update=Update,
        read=Shown,
        owner="account_id",
        path="/many",
        name="one",
        plural="many",
        guards=Guards(read=["things:read"], write=["things:write"]),
        operations={Operation.BULK_CREATE, Operation.BULK_UPDATE, Operation.IMPORT},
    )
    async with make_world(many.router) as world:
        taken = [one for one in world.operations.values() if one.path.startswith("/many")]
        assert len(taken) == 3
        for one in taken:
            await mass_assignment.test_promise_24_no_column_can_be_smuggled_in(world, one)


async def test_a_refusal_after_the_fact(make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with make_world() as world:
        database: Database = world.database
        client = world.client

        async def request(*arguments: Any, **options: Any) -> Any:
            async with database.session() as session:
                await session.execute(text("UPDATE things SET name = name || 'x'"))
            return await client.__class__.request(client, *arguments, **options)

        rename = world.operations["rename_thing"]
        await world.able(rename)
        monkeypatch.setattr(client, "request", request)
        with pytest.raises(AssertionError, match="things"):
            await mass_assignment.test_promise_24_no_column_can_be_smuggled_in(world, rename)


async def test_a_body_that_offers_the_times(make_world: Any) -> None:
    async with make_world(taking(Times)) as world:
        with pytest.raises(AssertionError, match="create_fault"):
            await mass_assignment.test_promise_24_no_body_offers_what_the_database_decides(
                world, world.operations["create_fault"]
            )
