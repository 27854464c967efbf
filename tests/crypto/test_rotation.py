"""Every secret is sealed again while others work, and nothing is lost on the way."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from padstone.crypto import Place, Rotated, rotate
from padstone.crypto.ciphertext import head
from padstone.db import Database
from padstone.ids import new_id

from .conftest import Base, Pin, Safe, Secret, ring

OLD, BOTH, NEW = ring("k1"), ring("k2", "k1"), ring("k2")


async def turn(safe: Safe, keyring: Any = BOTH, **options: Any) -> Rotated:
    return await rotate(safe.database, Base.metadata, keyring, window=7, **options)


async def test_everything_is_sealed_with_the_first_key(safe: Safe) -> None:
    texts = [f"secret {number}" for number in range(30)]
    ids = await safe.put(OLD, *texts)
    deleted = await safe.put(OLD, "deleted")
    await safe.execute("UPDATE secrets SET deleted_at = now() WHERE id = :id", id=deleted[0])
    pin = Pin(card=new_id(), number=1)
    OLD.seal(pin, "pin", "1234")
    async with safe.database.session() as session:
        session.add(pin)
        hinted = await session.get_one(Secret, ids[0])
        OLD.seal(hinted, "hint", "a hint")
    done = await turn(safe)
    assert (done.rewritten, done.unopened.count, done.held) == (33, 0, {"k2": 33})
    assert done.is_done
    opened = [NEW.open(await safe.get(secret_id), "value") for secret_id in (*ids, *deleted)]
    assert opened == [*texts, "deleted"]
    assert NEW.open(await safe.get(ids[0]), "hint") == "a hint"
    async with safe.database.session() as session:
        assert NEW.open((await session.scalars(select(Pin))).one(), "pin") == "1234"


async def test_a_second_time_changes_nothing(safe: Safe) -> None:
    await safe.put(OLD, *"abc")
    await turn(safe)
    before = await safe.dump()
    again = await turn(safe)
    assert (again.rewritten, again.is_done, await safe.dump()) == (0, True, before)


async def test_there_is_nothing_to_do_in_an_empty_database(safe: Safe) -> None:
    done = await turn(safe)
    assert (done.rewritten, done.held, done.is_done) == (0, {}, True)


async def test_a_row_keeps_its_revision_and_its_time(safe: Safe) -> None:
    (secret_id,) = await safe.put(OLD, "a")
    before = await safe.get(secret_id)
    await turn(safe)
    after = await safe.get(secret_id)
    assert after.value != before.value
    assert (after.revision, after.updated_at) == (1, before.updated_at)
    await safe.execute("UPDATE secrets SET name = 'x'")
    assert (await safe.get(secret_id)).revision == 2


async def test_an_interrupted_rotation_goes_on_where_it_was(safe: Safe) -> None:
    await safe.put(OLD, *map(str, range(30)))

    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total == 30
        if done >= 14:
            raise StopError

    with pytest.raises(StopError):
        await turn(safe, on_progress=stop)
    seen: list[tuple[int, int]] = []
    rest = await turn(safe, on_progress=lambda *at: seen.append(at))
    assert (rest.rewritten, rest.is_done) == (16, True)
    assert (seen[0], seen[-1]) == ((0, 16), (16, 16))
    assert seen == sorted(seen)


async def test_a_locked_row_is_passed_over_first_and_waited_for_then(safe: Safe) -> None:
    ids = await safe.put(OLD, *map(str, range(20)))
    passed_over = asyncio.Event()

    def tell(done: int, total: int) -> None:
        if (done, total) == (19, 20):
            passed_over.set()

    async with safe.database.session() as session:
        await session.execute(text("SELECT FROM secrets WHERE id = :id FOR UPDATE"), {"id": ids[3]})
        rotation = asyncio.create_task(turn(safe, on_progress=tell))
        seen = asyncio.create_task(passed_over.wait())
        await asyncio.wait({rotation, seen}, return_when=asyncio.FIRST_COMPLETED)
        assert passed_over.is_set()
        held = await session.execute(
            text("SELECT value FROM secrets WHERE id = :id"), {"id": ids[3]}
        )
        assert held.scalar_one().startswith(head("k1"))
        await session.commit()
    done = await rotation
    assert (done.rewritten, done.is_done) == (20, True)


async def test_a_row_that_stays_locked_ends_it_and_keeps_what_was_done(
    safe: Safe, blank_database: str
) -> None:
    ids = await safe.put(OLD, *map(str, range(20)))
    impatient = Database(
        safe.database._settings.model_copy(update={"DATABASE_LOCK_TIMEOUT_MS": 50})
    )
    async with safe.database.session() as session:
        await session.execute(text("SELECT FROM secrets WHERE id = :id FOR UPDATE"), {"id": ids[3]})
        with pytest.raises(DBAPIError, match="lock timeout"):
            await rotate(impatient, Base.metadata, BOTH)
    await impatient.close()
    assert (await turn(safe)).rewritten == 1


async def test_whoever_inserts_a_row_that_refers_to_one_does_not_wait(safe: Safe) -> None:
    (secret_id,) = await safe.put(OLD, "a")
    await safe.execute("CREATE TABLE users_of (secret uuid REFERENCES secrets (id))")
    other = "INSERT INTO users_of VALUES (:id)"
    async with safe.database.session() as session:
        # As the foreign key does it; the rotation's own lock is as weak as an update's.
        await session.execute(text(other), {"id": secret_id})
        assert (await turn(safe)).rewritten == 1


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_while_others_write(safe: Safe, seed: int) -> None:
    """Writers that know the new key first, and some that do not yet, beside two rotations."""
    chance = random.Random(seed)  # noqa: S311  # repeatable
    ids = await safe.put(OLD, *("old" for _ in range(60)))
    expected: dict[UUID, str] = dict.fromkeys(ids, "old")
    are_over = False

    async def write(number: int) -> None:
        keyring = (BOTH, ring("k1", "k2"))[number % 2]
        turns = 0
        while not are_over or turns < 20:
            turns += 1
            secret_id = ids[number::4][chance.randrange(15)]  # each has rows of its own
            async with safe.database.session() as session:
                secret = await session.get_one(Secret, secret_id, with_for_update=True)
                assert keyring.open(secret, "value") == expected[secret_id]
                keyring.seal(secret, "value", f"{number}.{turns}")
            expected[secret_id] = f"{number}.{turns}"
            (added,) = await safe.put(keyring, f"new {number}.{turns}")
            expected[added] = f"new {number}.{turns}"

    writers = [asyncio.create_task(write(number)) for number in range(4)]
    try:
        rotations = await asyncio.gather(turn(safe), turn(safe))
    finally:
        are_over = True
        await asyncio.gather(*writers)
    assert sum(done.rewritten for done in rotations) >= 60 // 2
    last = await turn(safe)
    assert (last.is_done, last.held) == (True, {"k2": len(expected)})
    async with safe.database.session() as session:
        secrets = list(await session.scalars(select(Secret)))
    assert {secret.id: NEW.open(secret, "value") for secret in secrets} == expected


async def test_what_no_key_opens_is_named_and_stays_as_it_is(safe: Safe) -> None:
    good = await safe.put(OLD, *map(str, range(10)))
    (lost,) = await safe.put(ring("k3"), "canary")
    (moved, malformed, empty) = await safe.put(OLD, "canary", "canary", "canary")
    await safe.execute(
        "UPDATE secrets SET value = (SELECT value FROM secrets WHERE id = :good) WHERE id = :moved",
        good=good[0],
        moved=moved,
    )
    await safe.execute(r"UPDATE secrets SET value = '\x02ff' WHERE id = :id", id=malformed)
    await safe.execute(r"UPDATE secrets SET value = '' WHERE id = :id", id=empty)
    before = {row: (await safe.get(row)).value for row in (lost, moved, malformed, empty)}
    done = await turn(safe)
    assert not done.is_done
    assert (done.rewritten, done.unopened.count) == (10, 4)
    assert done.held == {"k2": 10, "k1": 1, "k3": 1, "": 2}
    assert dict(done.unopened.named) == {
        Place("secrets", "value", (str(lost),)): "The key that sealed this is not among "
        "ENCRYPTION_KEYS.",
        Place("secrets", "value", (str(moved),)): "The ciphertext was changed, or does not belong "
        "to this row and column.",
        **{
            Place("secrets", "value", (str(row),)): "The stored bytes are not a ciphertext of this "
            "library."
            for row in (malformed, empty)
        },
    }
    assert {row: (await safe.get(row)).value for row in before} == before


async def test_it_does_not_run_after_what_is_added_meanwhile(safe: Safe) -> None:
    await safe.put(OLD, *map(str, range(20)))
    added = 0

    async def add() -> None:
        nonlocal added
        while True:
            added += 1
            await safe.put(NEW, *"0123456789")  # more than one window

    others = asyncio.create_task(add())
    try:
        assert (await turn(safe)).rewritten == 20
    finally:
        others.cancel()
        await asyncio.wait({others})


async def test_many_that_no_key_opens_are_counted_and_a_hundred_named(safe: Safe) -> None:
    await safe.put(ring("k3"), *map(str, range(150)))
    done = await turn(safe)
    assert (done.unopened.count, len(done.unopened.named)) == (150, 100)


async def test_rotations_leave_no_plaintext_behind(safe: Safe) -> None:
    await safe.put(OLD, *(f"canary {number}" for number in range(20)))
    await turn(safe)
    dump = await safe.dump()
    assert "canary" not in dump
    assert b"canary".hex() not in dump
    assert head("k1").hex() not in dump
