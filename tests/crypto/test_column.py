"""A column of secrets takes ciphertexts, and gives ciphertexts, and shows nothing."""

import logging
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError

from padstone.crypto import Ciphertext
from padstone.ids import new_id

from .conftest import Secret, ring

CANARY = "hunter2-canary"


async def test_a_secret_goes_there_and_back(safe: Any) -> None:
    (secret_id,) = await safe.put(ring("k1"), CANARY)
    secret = await safe.get(secret_id)
    assert isinstance(secret.value, Ciphertext)
    assert secret.hint is None
    assert ring("k1").open(secret, "value") == CANARY


@pytest.mark.parametrize("value", [CANARY, CANARY.encode(), 7])
async def test_nothing_but_a_ciphertext_is_written(safe: Any, value: Any) -> None:
    with pytest.raises(StatementError, match=r"what KeyRing\.seal made") as refused:
        async with safe.database.session() as session:
            session.add(Secret(id=new_id(), value=value))
    assert CANARY not in str(refused.value)


def test_a_secret_is_never_written_into_a_statement() -> None:
    secret = Secret(id=new_id())
    ring("k1").seal(secret, "value", CANARY)
    statement = select(Secret).where(Secret.value == secret.value)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    assert "k1" not in str(statement.compile(dialect=dialect))


async def test_only_a_changed_secret_is_written(safe: Any) -> None:
    (secret_id,) = await safe.put(ring("k1"), CANARY)
    async with safe.database.session() as session:
        secret = await session.get_one(Secret, secret_id)
        secret.value = Ciphertext(secret.value.blob)
        await session.flush()
        assert secret.revision == 1
        ring("k1").seal(secret, "value", "other")
        await session.flush()
        assert secret.revision == 2


async def test_no_dump_holds_a_plaintext(safe: Any) -> None:
    canaries = [f"{CANARY}-{number}" for number in range(40)]
    await safe.put(ring("k1"), *canaries)
    dump = await safe.dump()
    assert len(dump) > 40 * 100
    for canary in canaries:
        assert canary not in dump
        assert canary.encode().hex() not in dump


async def test_no_log_holds_a_plaintext_or_a_key(
    safe: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.DEBUG)
    try:
        (secret_id,) = await safe.put(ring("k1"), CANARY)
        secret = await safe.get(secret_id)
        ring("k1").open(secret, "value")
        with pytest.raises(StatementError):
            async with safe.database.session() as session:
                session.add(Secret(id=new_id(), value=CANARY))
        with pytest.raises(Exception, match="duplicate"):
            async with safe.database.session() as session:
                session.add(Secret(id=secret_id, value=secret.value, name="x"))
                await session.execute(text("SELECT 1"))
    finally:
        logging.getLogger("sqlalchemy.engine.Engine").setLevel(logging.NOTSET)
    assert "INSERT INTO secrets" in caplog.text, "statements are in this log"
    for word in (CANARY, CANARY.encode().hex(), "k1k1"):
        assert word not in caplog.text
