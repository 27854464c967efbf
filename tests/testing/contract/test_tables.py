"""Tables without a trigger, with keys of another kind, and with values that a deletion keeps."""

import contextlib
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracted import ThingsWorld
from padstone.testing.contract import World, tables
from padstone.testing.contract.filling import Filling

ALL = (
    tables.test_c11_keys_are_uuids_version_7,
    tables.test_c11_every_write_moves_updated_at_and_revision,
    tables.test_c11_what_was_unique_is_free_after_deletion,
)


async def test_tables_as_they_should_be(make_world: Any) -> None:
    for check in ALL:
        async with make_world() as world:
            await check(world)


async def altered(world: World, statement: str) -> None:
    async with world.database.session() as session:
        await session.execute(text(statement))


async def test_a_table_without_its_trigger(make_world: Any) -> None:
    async with make_world() as world:
        await altered(world, "DROP TRIGGER touch ON things")
        with pytest.raises(AssertionError, match="things, written by hand"):
            await ALL[1](world)


async def test_a_trigger_that_keeps_half(make_world: Any) -> None:
    async with make_world() as world:
        await altered(world, "DROP TRIGGER touch ON things")
        await altered(
            world,
            "CREATE TRIGGER touch BEFORE UPDATE ON things FOR EACH ROW "
            "EXECUTE FUNCTION padstone_touch('updated_at')",
        )
        with pytest.raises(AssertionError, match="things, written"):
            await ALL[1](world)


class Other(ThingsWorld):
    values = {"accounts": {"id": uuid4()}}  # noqa: RUF012  # as a system has it


class OtherAndTold(Other):
    other_keys = {"accounts": "they came from elsewhere"}  # noqa: RUF012  # as a system has it


async def test_a_key_of_another_kind(make_world: Any) -> None:
    async with make_world(kind=Other) as world:
        with pytest.raises(AssertionError, match=r'other_keys = \{"accounts": "why"\}'):
            await ALL[0](world)
    async with make_world(kind=OtherAndTold) as world:
        await ALL[0](world)


async def test_a_reason_for_nothing(make_world: Any) -> None:
    class Told(ThingsWorld):
        other_keys = {"parts": "none"}  # noqa: RUF012  # as a system has it

    async with make_world(kind=Told) as world:
        with pytest.raises(AssertionError, match="only there"):
            await ALL[0](world)


async def test_a_deleted_value_that_is_still_taken(make_world: Any) -> None:
    async with make_world() as world:
        await altered(world, "CREATE UNIQUE INDEX taken ON things (account_id, name)")
        with pytest.raises(AssertionError, match="things"):
            await ALL[2](world)


async def test_a_deleted_value_that_is_meant_to_be_taken(make_world: Any) -> None:
    class Told(ThingsWorld):
        lasting = {"things": "a name is not given twice"}  # noqa: RUF012  # as a system has it

    async with make_world(kind=Told) as world:
        with pytest.raises(AssertionError, match="nothing of it lasts"):
            await ALL[2](world)
    async with make_world(kind=Told) as world:
        await altered(world, "CREATE UNIQUE INDEX taken ON things (account_id, name)")
        await ALL[2](world)


async def test_a_unique_value_that_is_not(make_world: Any) -> None:
    async with make_world() as world:
        await altered(world, "DROP INDEX uq_things_account_id_name_living")
        with pytest.raises(AssertionError, match="things"):
            await ALL[2](world)


@pytest.mark.parametrize("values", [{}, {"parts": {"name": "part-1"}}], ids=["untold", "told"])
async def test_a_check_that_wants_something_in_particular(
    make_world: Any, values: dict[str, dict[str, str]]
) -> None:
    words = r'values = \{"parts": \{"column": …\}\}'
    refused = contextlib.nullcontext() if values else pytest.raises(AssertionError, match=words)
    async with make_world() as world:
        await altered(world, "ALTER TABLE parts ADD CHECK (name LIKE 'part-%')")
        async with world.database.session() as session:
            with refused:
                await Filling(session, world.metadata, values).everything()
