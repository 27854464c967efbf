"""Every secret is opened once, wherever it stands, and nothing is written."""

from padstone.crypto import inspect_secrets
from padstone.crypto.inspection import Inspected

from .conftest import Base, Safe, ring


async def look(safe: Safe, **options: int) -> Inspected:
    return await inspect_secrets(safe.database, Base.metadata, ring("k2", "k1"), **options)


async def test_all_are_opened_deleted_ones_too(safe: Safe) -> None:
    await safe.put(ring("k1"), *map(str, range(1100)))
    await safe.put(ring("k2"), "a")
    await safe.execute("UPDATE secrets SET deleted_at = now()")
    before = await safe.dump()
    found = await look(safe)
    assert (found.opened, found.unopened.count, found.held) == (1101, 0, {"k1": 1100, "k2": 1})
    assert await safe.dump() == before


async def test_one_that_was_moved_is_found_though_its_key_is_the_first(safe: Safe) -> None:
    one, other = await safe.put(ring("k2"), "a", "b")
    await safe.execute(
        "UPDATE secrets SET value = (SELECT value FROM secrets WHERE id = :one) WHERE id = :other",
        one=one,
        other=other,
    )
    found = await look(safe)
    assert (found.opened, found.unopened.count) == (1, 1)
    ((place, _reason),) = found.unopened.named
    assert place.key == (str(other),)


async def test_an_empty_database_is_fine(safe: Safe) -> None:
    assert await look(safe) == Inspected()


async def test_of_very_many_some_are_opened_and_all_are_counted(safe: Safe) -> None:
    await safe.put(ring("k1"), *map(str, range(1100)))
    await safe.put(ring("k3"), "a")
    found = await look(safe, most=600)
    assert (found.opened, found.unopened.count) == (1000, 0), "whole windows"
    assert (found.total, found.held) == (1101, {"k1": 1100, "k3": 1})
