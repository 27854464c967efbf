"""What PostgreSQL really says when something goes wrong, and what becomes of it."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import column, insert, table, text
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from padstone.db import Database, name_of, sqlstate_of, translate
from padstone.db.failures import is_disconnect, is_retryable, is_transient, refuses_tls
from padstone.errors import (
    ConflictError,
    FieldError,
    PadstoneError,
    UnavailableError,
    ValidationError,
)
from padstone.settings import DatabaseSettings

CANARY = "c4n4ry"

TABLES = """
    CREATE TYPE colour AS ENUM ('red', 'green');
    CREATE TABLE owners (id int PRIMARY KEY, email text UNIQUE, tenant int, nick text);
    CREATE UNIQUE INDEX ON owners (tenant, lower(nick));
    CREATE TABLE pets (
        id int PRIMARY KEY, owner_id int REFERENCES owners ON DELETE RESTRICT,
        name varchar(10) NOT NULL DEFAULT 'x', age smallint CHECK (age < 100), weight numeric(4, 2),
        born date, colour colour, stay int4range, EXCLUDE USING gist (stay WITH &&)
    );
    CREATE TABLE later (id int PRIMARY KEY, owner_id int REFERENCES owners
        DEFERRABLE INITIALLY DEFERRED);
    INSERT INTO owners VALUES (1, 'c4n4ry', 7, 'c4n4ry');
    INSERT INTO pets (id, owner_id, stay) VALUES (1, 1, '[1,5)');
"""

# What is sent, with the value of its parameter.
NOT_STORABLE: dict[str, tuple[str, Any]] = {
    "check": ("INSERT INTO pets (id, age) VALUES (2, 100)", None),
    "not null": ("INSERT INTO pets (id, name) VALUES (2, :v)", None),
    "too long": ("UPDATE pets SET name = :v", CANARY * 2),
    "NUL in text": ("UPDATE owners SET email = :v", f"{CANARY}\x00"),
    "a lone surrogate": ("UPDATE owners SET email = :v", f"{CANARY}\ud800"),
    "beyond 16 bits": ("UPDATE pets SET age = :v", 2**15),
    "beyond 32 bits": ("UPDATE pets SET id = :v", 2**31),
    "beyond 64 bits": ("SELECT CAST(:v AS bigint)", 2**63),
    "beyond 32 bits within the server": ("UPDATE pets SET id = id + 2147483647", None),
    "too many digits": ("UPDATE pets SET weight = 100", None),
    "an unknown enum value": ("UPDATE pets SET colour = :v", CANARY),
    "no uuid": ("SELECT CAST(CAST(:v AS text) AS uuid)", CANARY),
    "no date": ("SELECT date '2026-02-30'", None),
    "another type": ("UPDATE pets SET born = :v", CANARY),
    "a division by zero": ("SELECT 1 / 0", None),
}
TAKEN: dict[str, tuple[str, Any]] = {
    "email": ("INSERT INTO owners VALUES (2, :v)", CANARY),
    "tenant, lower(nick)": ("INSERT INTO owners VALUES (2, 'x', 7, :v)", CANARY.upper()),
    "id": ("INSERT INTO owners VALUES (:v)", 1),
}
REFERENCED: dict[str, tuple[str, Any]] = {
    "no such parent": ("INSERT INTO pets (id, owner_id) VALUES (2, 99)", None),
    "children left": ("DELETE FROM owners", None),
}
NOT_NOW: dict[str, tuple[str, Any]] = {
    "read-only": ("SET TRANSACTION READ ONLY; DELETE FROM pets", None),
    "cancelled": ("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(9)", None),
    "terminated": ("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(9)", None),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pets(database_factory: Any) -> AsyncIterator[Database]:
    """Tables that refuse much. The tests that share them leave them as they are."""
    async with database_factory.blank() as url:
        database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
        async with database.engine.begin() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute(TABLES)
        yield database
        await database.close()


async def told(database: Database, sql: str, value: Any) -> PadstoneError:
    """What is told of the last of the statements."""
    *first, last = sql.split(";")
    with pytest.raises((DBAPIError, OSError)) as caught:
        async with database.session() as session:
            for statement in first:
                await session.execute(text(statement))
            await session.execute(text(last), {"v": value} if ":v" in last else {})
    found = translate(caught.value)
    assert found is not None
    assert CANARY not in f"{found} {found.errors} {name_of(caught.value)}".lower()
    return found


@pytest.mark.parametrize("case", NOT_STORABLE)
async def test_a_value_that_cannot_be_stored(pets: Database, case: str) -> None:
    found = await told(pets, *NOT_STORABLE[case])
    assert isinstance(found, ValidationError)
    assert [error.field for error in found.errors] == (["name"] if case == "not null" else [])


@pytest.mark.parametrize("field", TAKEN)
async def test_a_value_that_is_taken(pets: Database, field: str) -> None:
    found = await told(pets, *TAKEN[field])
    assert isinstance(found, ConflictError)
    assert found.code == "already_exists"
    assert found.errors == (FieldError(field, "is taken", "already_exists"),)


@pytest.mark.parametrize("case", REFERENCED)
async def test_a_reference_that_must_hold(pets: Database, case: str) -> None:
    found = await told(pets, *REFERENCED[case])
    assert isinstance(found, ConflictError)
    assert (found.code, found.errors) == ("still_referenced", ())


async def test_an_exclusion(pets: Database) -> None:
    found = await told(pets, "INSERT INTO pets (id, stay) VALUES (2, '[4,9)')", None)
    assert (type(found), found.code) == (ConflictError, "conflict")


@pytest.mark.parametrize("case", NOT_NOW)
async def test_what_may_succeed_later(pets: Database, case: str) -> None:
    found = await told(pets, *NOT_NOW[case])
    assert isinstance(found, UnavailableError)
    assert found.retry_after == 1


async def test_a_deferred_constraint_is_told_when_the_transaction_commits(pets: Database) -> None:
    found = await told(pets, "INSERT INTO later VALUES (1, 99)", None)
    assert found.code == "still_referenced"


async def test_a_statement_that_is_wrong_is_a_defect_of_ours(pets: Database) -> None:
    for sql in ("SELECT nothing", "SELEC 1", "SELECT * FROM nowhere", "DO $$ BEGIN RAISE; END $$"):
        with pytest.raises(DBAPIError) as caught:
            async with pets.session() as session:
                await session.execute(text(sql))
        assert translate(caught.value) is None, sql
    assert translate(NoResultFound()) is None
    assert translate(ValueError("x")) is None


async def test_a_migration_under_a_running_server_is_no_defect(database: Database) -> None:
    everything, more = text("SELECT * FROM t"), text("ALTER TABLE t ADD COLUMN b int")
    async with database.session() as session:
        await session.execute(text("CREATE TABLE t (a int)"))
        await session.execute(everything)
    with pytest.raises(DBAPIError) as caught:
        async with database.session() as session:
            await session.execute(more)
            await session.execute(everything)
    assert isinstance(translate(caught.value), UnavailableError)
    assert is_retryable(caught.value)
    async with database.session() as session:
        await session.execute(more)
        assert (await session.execute(everything)).keys() == ["a", "b"]


async def test_a_field_error_is_not_made_of_what_another_language_says() -> None:
    error = asyncpg.UniqueViolationError("doppelt")
    error.detail = "Schl\u00fcssel \u00bb(email)=(c4n4ry)\u00ab existiert bereits."
    found = translate(DBAPIError("INSERT", {}, error))
    assert found is not None
    assert (found.code, found.errors) == ("already_exists", ())
    error.detail = "Key (email)=(a)=(c4n4ry)) already exists."
    found = translate(DBAPIError("INSERT", {}, error))
    assert found is not None
    assert found.errors == (FieldError("email", "is taken", "already_exists"),)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        socket.gaierror(),
        asyncpg.CannotConnectNowError("starting"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.AdminShutdownError("bye"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.InterfaceError("cannot perform operation: connection is closed"),
        PoolTimeoutError(),
    ],
)
def test_what_passes_by_itself(error: Exception) -> None:
    assert is_transient(error)
    assert isinstance(translate(error), UnavailableError)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InvalidPasswordError("no"),
        asyncpg.InvalidAuthorizationSpecificationError("no"),
        asyncpg.InvalidCatalogNameError("no"),
        ConnectionError("PostgreSQL server rejected SSL upgrade"),
        TypeError("connect() got an unexpected keyword argument"),
    ],
)
def test_what_does_not(error: Exception) -> None:
    assert not is_transient(error)


def test_tls_that_is_not_offered() -> None:
    assert refuses_tls(ConnectionError('PostgreSQL server at "x:1" rejected SSL upgrade'))
    assert not refuses_tls(ConnectionRefusedError("SSL"))
    assert not refuses_tls(ConnectionError("reset"))


def test_a_state_is_found_however_it_is_wrapped() -> None:
    inner = asyncpg.DeadlockDetectedError("x")
    outer = RuntimeError("y")
    outer.__cause__ = DBAPIError("SELECT", {}, inner)
    assert sqlstate_of(outer) == "40P01"
    assert is_retryable(outer)
    assert sqlstate_of(RuntimeError("z")) is None
    assert sqlstate_of(None) is None
    assert not is_disconnect(None)
    assert not is_disconnect(asyncpg.InterfaceError("another operation is in progress"))


async def test_a_log_gets_a_name_and_no_values(pets: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with pets.session() as session:
            await session.execute(text("INSERT INTO owners VALUES (2, 'c4n4ry')"))
    assert name_of(caught.value) == "UniqueViolationError 23505 owners_email_key"
    assert name_of(ConnectionRefusedError("c4n4ry")) == "ConnectionRefusedError"
    assert name_of(PoolTimeoutError("c4n4ry")) == "TimeoutError"


async def test_a_bulk_insert_is_told_like_a_single_one(pets: Database) -> None:
    owners = table("owners", column("id"), column("email"))
    rows = [{"id": 5, "email": "a"}, {"id": 6, "email": CANARY}]
    with pytest.raises(DBAPIError) as caught:
        async with pets.session() as session:
            await session.execute(insert(owners), rows)
    found = translate(caught.value)
    assert found is not None
    assert [error.field for error in found.errors] == ["email"]
