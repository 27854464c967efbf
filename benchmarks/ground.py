"""What all servers stand on: services of this run's own, and one database with rows."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from pydantic import SecretStr
from workloads import ROWS, Caller

from padstone import devservices
from padstone.auth import generate
from padstone.devservices import Services
from padstone.settings import StorageSettings
from padstone.storage import Storage

__all__ = ["SYSTEM", "Ground", "GroundError", "clean_environment", "ground"]

SYSTEM = Path(__file__).resolve().parent.parent / "systems" / "accounts"

_CALLERS = 32  # of each kind, as many as there are connections, so that none waits for another
_OTHERS = 10_000  # accounts that nobody asks for
_BUCKET = "benchmark"
_SCOPES = ["account:read", "credits:read", "credits:write"]
_FUNDS = 10**15


class GroundError(Exception):
    """There is nothing to measure on."""


@dataclass(frozen=True)
class Ground:
    """The variables that a server is told, and the callers' API keys."""

    environment: dict[str, str]
    secrets: dict[Caller, list[str]]


def clean_environment(**values: str) -> dict[str, str]:
    """``values`` and nothing else that decides: a developer's settings must not be measured."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **values}


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Starts services in ``folder``, apart from those of ``make dev`` and ``make test``."""
    try:
        with devservices.attach("benchmark", root=folder, ephemeral=True) as lease:
            yield _prepared(lease.services)
    finally:
        devservices.stop(folder, ephemeral=True)


def _prepared(services: Services) -> Ground:
    environment = clean_environment(
        ENVIRONMENT="production",
        SECRET_KEY=secrets.token_hex(32),
        DATABASE_URL=services.database_url,
        DATABASE_SSL="disable",
        STORAGE_ENDPOINT_URL=services.storage_endpoint_url,
        STORAGE_ACCESS_KEY=services.storage_access_key,
        STORAGE_SECRET_KEY=services.storage_secret_key,
        STORAGE_BUCKET=_BUCKET,
    )
    migrated = subprocess.run(
        [sys.executable, "-m", "padstone", "db", "upgrade"],
        cwd=SYSTEM,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if migrated.returncode != 0:
        raise GroundError(f"The database cannot be migrated.\n{migrated.stderr[-2000:]}")
    readers, spenders = asyncio.run(_fill(services))
    return Ground(environment, {"nobody": [""], "reader": readers, "spender": spenders})


async def _fill(services: Services) -> tuple[list[str], list[str]]:
    await _make_bucket(services)
    connection = await asyncpg.connect(services.database_url.replace("+asyncpg", ""))
    try:
        await connection.execute(_OTHER_ACCOUNTS)
        readers = [await _caller(connection, f"reader-{n}") for n in range(_CALLERS)]
        await connection.execute(_ENTRIES)
        spenders = [await _caller(connection, f"spender-{n}") for n in range(_CALLERS)]
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return readers, spenders


async def _caller(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> str:
    key = generate(live=True)
    await connection.execute(_CALLER, f"{name}@example.com", _FUNDS, key.prefix, key.hash, _SCOPES)
    return key.secret


async def _make_bucket(services: Services) -> None:
    # Only in tests and development does the storage make it.
    storage = Storage(
        StorageSettings(
            ENVIRONMENT="test",
            STORAGE_ENDPOINT_URL=services.storage_endpoint_url,
            STORAGE_ACCESS_KEY=SecretStr(services.storage_access_key),
            STORAGE_SECRET_KEY=SecretStr(services.storage_secret_key),
            STORAGE_BUCKET=_BUCKET,
        )
    )
    await storage.open()
    await storage.close()


_CALLER = """
WITH made AS (
    INSERT INTO accounts (id, email, credits_balance_micros)
    VALUES (gen_random_uuid(), $1, $2) RETURNING id
)
INSERT INTO api_keys (id, account_id, name, prefix, key_hash, scopes)
SELECT gen_random_uuid(), id, 'benchmark', $3, $4, $5 FROM made
"""

_OTHER_ACCOUNTS = f"""
WITH made AS (
    INSERT INTO accounts (id, email)
    SELECT gen_random_uuid(), 'other-' || n || '@example.com' FROM generate_series(1, {_OTHERS}) n
    RETURNING id, email
)
INSERT INTO api_keys (id, account_id, name, prefix, key_hash, scopes)
SELECT gen_random_uuid(), id, 'benchmark', 'sk_live_0000', sha256(email::bytea), ARRAY[]::text[]
FROM made
"""  # noqa: S608  # a number of ours

_ENTRIES = f"""
INSERT INTO credit_entries
    (id, account_id, kind, amount_micros, delta_micros, balance_after_micros, key, reference)
SELECT gen_random_uuid(), accounts.id, 'grant', {_FUNDS // ROWS}, {_FUNDS // ROWS},
    {_FUNDS // ROWS} * n, 'grant-' || n, 'Grant ' || n
FROM accounts CROSS JOIN generate_series(1, {ROWS}) n
WHERE email LIKE 'reader-%'
"""  # noqa: S608  # numbers of ours
