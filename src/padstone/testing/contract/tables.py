"""C11: keys, times, revisions, and values that are free again after a deletion: in every table."""

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.migrations.triggers import touch_arguments
from padstone.testing.contract.filling import Filling
from padstone.testing.contract.world import World

__all__ = [
    "test_c11_every_write_moves_updated_at_and_revision",
    "test_c11_keys_are_uuids_version_7",
    "test_c11_what_was_unique_is_free_after_deletion",
]


async def test_c11_keys_are_uuids_version_7(world: World) -> None:
    """Or made of other rows' keys, or said to be something else."""
    async with world.database.session() as session:
        filling = Filling(session, world.metadata, world.values)
        for table in world.metadata.sorted_tables:
            made = await filling.first(table)
            keys = list(table.primary_key.columns)
            named = table.name in world.other_keys
            foreign = bool(keys) and all(key.foreign_keys for key in keys)
            version = getattr(made[keys[0].name], "version", None) if len(keys) == 1 else None
            assert (version == 7) is not (named or foreign), (
                f"The primary key of {table.name} is {[key.name for key in keys]}, version "
                f"{version}. Where it is meant to be no UUID version 7, and only there, say so in "
                f'the World of tests/world.py: other_keys = {{"{table.name}": "why"}}'
            )


async def test_c11_every_write_moves_updated_at_and_revision(world: World) -> None:
    """A statement in plain SQL that says otherwise, a bulk statement, an upsert, and the ORM."""
    async with world.database.session() as session:
        filling = Filling(session, world.metadata, world.values)
        for table in world.metadata.sorted_tables:
            if (kept := touch_arguments(table)) is None:
                continue
            made = await filling.first(table)
            for write in (_by_hand, _in_bulk, _by_upsert, _by_orm):
                before = await _read(session, table, made)
                await write(session, world, table, before)
                after = await _read(session, table, made)
                where = f"{table.name}, written {write.__name__.replace('_', ' ').strip()}"
                if "updated_at" in kept[0]:
                    assert after["updated_at"] > before["updated_at"], where
                if "revision" in kept[0]:
                    assert after["revision"] == before["revision"] + 1, where


async def test_c11_what_was_unique_is_free_after_deletion(world: World) -> None:
    """Two living rows may not be alike where one must be unique, and a deleted one is no matter."""
    async with world.database.session() as session:
        for table in world.metadata.sorted_tables:
            if "deleted_at" in table.c:
                # Undone, so that the next table begins with none.
                async with session.begin_nested() as savepoint:
                    filling = Filling(session, world.metadata, world.values)
                    await _deleted_twice(filling, table, lasting=table.name in world.lasting)
                    await savepoint.rollback()


async def _deleted_twice(filling: Filling, table: Table, *, lasting: bool) -> None:
    await filling.row(table, deleted_at=datetime.now(UTC))
    try:
        alive = await filling.row(table)
    except AssertionError as error:
        if lasting:
            return
        raise AssertionError(
            f"A deleted row of {table.name} is in the way of a new one: {error}\nWhere that is "
            "meant, say so in the World of tests/world.py: "
            f'lasting = {{"{table.name}": "why"}}'
        ) from error
    assert not lasting, f"{table.name} stands in `lasting` of the World, and nothing of it lasts"
    keys = {key.name for key in table.primary_key.columns}
    stored = {k: v for k, v in alive.items() if k not in keys and table.c[k].computed is None}
    if any(one.unique and _is_filled(one, alive) for one in table.indexes):
        twice = await _is_taken(filling.row(table, **stored))
        assert twice, f"two living rows of {table.name} may be alike, whatever its index says"


async def _is_taken(making: Awaitable[object]) -> bool:
    try:
        await making
    except AssertionError as error:
        return "duplicate key" in str(error)
    return False


def _is_filled(index: Any, made: Mapping[str, Any]) -> bool:
    return all(made.get(getattr(one, "name", "")) is not None for one in index.expressions)


def _where(table: Table, made: Mapping[str, Any]) -> list[Any]:
    return [key == made[key.name] for key in table.primary_key.columns]


async def _read(session: AsyncSession, table: Table, made: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict((await session.execute(select(table).where(*_where(table, made)))).mappings().one())


def _changed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A change that every check allows: the row has been there for longer."""
    return {"created_at": row["created_at"] - timedelta(seconds=1)}


async def _by_hand(session: AsyncSession, _: World, table: Table, row: Mapping[str, Any]) -> None:
    lies = {"updated_at": "'epoch'", "revision": "1"}
    said = ", ".join(f"{name} = {value}" for name, value in lies.items() if name in table.c)
    keys = " AND ".join(f'"{key.name}" = :{key.name}' for key in table.primary_key.columns)
    await session.execute(
        text(
            f"UPDATE \"{table.name}\" SET created_at = created_at - interval '1 second', {said} "  # noqa: S608  # names of our own tables
            f"WHERE {keys}"
        ),
        {key.name: row[key.name] for key in table.primary_key.columns},
    )


async def _in_bulk(session: AsyncSession, _: World, table: Table, row: Mapping[str, Any]) -> None:
    await session.execute(update(table).where(*_where(table, row)).values(_changed(row)))


async def _by_upsert(session: AsyncSession, _: World, table: Table, row: Mapping[str, Any]) -> None:
    from sqlalchemy.dialects.postgresql import insert as upsert

    stored = {k: v for k, v in row.items() if table.c[k].computed is None}
    await session.execute(
        upsert(table)
        .values(stored)
        .on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=_changed(row))
    )


async def _by_orm(
    session: AsyncSession, world: World, table: Table, row: Mapping[str, Any]
) -> None:
    mapped = world.mapped(table)
    statement = select(mapped).where(*_where(table, row))
    options = {"include_deleted": True, "populate_existing": True}
    found = (await session.execute(statement, execution_options=options)).scalar_one()
    found.created_at = row["created_at"] - timedelta(seconds=1)
    await session.flush()
    # What the object says without being asked again is what the database has.
    stored = await _read(session, table, row)
    for name in ("updated_at", "revision"):
        if name in table.c:
            assert getattr(found, name) == stored[name], f"{table.name}.{name}"
