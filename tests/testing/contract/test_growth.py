"""A list that asks once more for each row is found, and so is one that the test cannot see grow."""

from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy import func, select

from contracted import Reader, Thing, ThingRead, ThingsWorld
from padstone.db import ReadSessionDep
from padstone.testing.contract import World, growth
from padstone.testing.queries import QueryCounter


async def ask(world: World, name: str) -> None:
    queries = QueryCounter(world.database.engine.sync_engine)
    one = world.operations[name]
    await growth.test_n1_a_list_costs_the_same_however_long(world, one, queries)


async def test_a_list_that_keeps_it(make_world: Any) -> None:
    async with make_world() as world:
        await ask(world, "list_things")


async def test_a_list_that_asks_for_each_row(make_world: Any) -> None:
    faulty = APIRouter(prefix="/faults")

    @faulty.get("", response_model=list[ThingRead])
    async def list_faults(_: Reader, session: ReadSessionDep) -> Any:
        found = (await session.scalars(select(Thing))).all()
        for thing in found:
            await session.scalar(select(func.count()).where(Thing.name == thing.name))
        return found

    class Told(ThingsWorld):
        lists = {"list_faults": "thing_id"}  # noqa: RUF012  # as a system writes it

    async with make_world(faulty, kind=Told) as world:
        with pytest.raises(
            AssertionError, match=r"list_faults sends 3 statements for 1 rows and 6"
        ):
            await ask(world, "list_faults")
    async with make_world(faulty) as world:
        with pytest.raises(AssertionError, match=r'lists = \{"list_faults": "…_id"\}'):
            await ask(world, "list_faults")


async def test_a_list_that_does_not_grow(make_world: Any) -> None:
    faulty = APIRouter(prefix="/faults")

    @faulty.get("", response_model=list[ThingRead])
    async def list_faults(_: Reader) -> Any:
        return []

    class Told(ThingsWorld):
        lists = {"list_faults": "thing_id"}  # noqa: RUF012  # as a system writes it

    async with make_world(faulty, kind=Told) as world:
        with pytest.raises(AssertionError, match="does not show the rows of thing_id"):
            await ask(world, "list_faults")
