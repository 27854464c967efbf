"""Who holds what is counted by PostgreSQL, whatever bytes it meets."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from padstone.crypto import Ciphertext, EncryptionError, encrypted_columns
from padstone.crypto.holdings import holdings
from padstone.ids import new_id

from .conftest import Base, Safe, ring


def test_the_encrypted_columns_are_found_by_their_type() -> None:
    names = [f"{column.table.name}.{column.name}" for column in encrypted_columns(Base.metadata)]
    assert sorted(names) == [
        "pins.pin",
        "secrets.the_hint",
        "secrets.value",
        "twins.value",
    ]


async def test_each_key_is_counted_over_all_columns(safe: Safe) -> None:
    await safe.put(ring("k1"), *"abc")
    (secret_id,) = await safe.put(ring("k2"), "d")
    async with safe.database.session() as session:
        secret = await session.get_one(type(await safe.get(secret_id)), secret_id)
        ring("k1").seal(secret, "hint", "e")
        await session.flush()
        assert await holdings(session, encrypted_columns(Base.metadata)) == {"k1": 4, "k2": 1}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary() | st.binary().map(lambda more: b"\x01" + more))
async def test_no_bytes_are_an_error(safe: Safe, blob: bytes) -> None:
    async with safe.database.session() as session:
        await session.execute(text("DELETE FROM secrets"))
        await session.execute(
            text("INSERT INTO secrets (id, name, value) VALUES (:id, '', :blob)"),
            {"id": new_id(), "blob": blob},
        )
        ((key, count),) = (await holdings(session, encrypted_columns(Base.metadata))).items()
    assert count == 1
    try:
        known = Ciphertext(blob).key_id
    except EncryptionError:
        return
    assert key == known
