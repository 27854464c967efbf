from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from padstone.auth import ApiKeys, demo_key, parse
from padstone.db import Database
from padstone.seed import Seeding
from padstone.settings import DatabaseSettings

from .conftest import ApiKey


async def test_the_key_is_made_once_and_stays(
    database: Database, keys: ApiKeys, owner_id: UUID, settings: DatabaseSettings, tmp_path: Path
) -> None:
    secrets = set()
    for _ in range(2):
        async with database.session() as session:
            seeding = Seeding(session, settings, tmp_path)
            secrets.add(await demo_key(seeding, keys, owner_id))
            assert seeding.credentials == {"demo API key": next(iter(secrets))}
    [secret] = secrets
    assert secret.startswith("sk_test_")
    async with database.session() as session:
        assert await session.scalar(select(func.count(ApiKey.id))) == 1
        [row] = await session.scalars(select(ApiKey))
        parsed = parse(secret)
        assert parsed is not None
        assert (row.key_hash, row.account_id) == (parsed.hash, owner_id)
        assert set(row.scopes) == keys.default_scopes


async def test_the_key_has_the_scopes_that_are_said(
    database: Database, keys: ApiKeys, owner_id: UUID, settings: DatabaseSettings, tmp_path: Path
) -> None:
    async with database.session() as session:
        await demo_key(Seeding(session, settings, tmp_path), keys, owner_id, scopes=["keys:read"])
        assert list(await session.scalars(select(ApiKey.scopes))) == [["keys:read"]]


async def test_a_damaged_memory_is_told(
    database: Database, keys: ApiKeys, owner_id: UUID, settings: DatabaseSettings, tmp_path: Path
) -> None:
    async with database.session() as session:
        seeding = Seeding(session, settings, tmp_path)
        seeding.remember("demo API key", lambda: "sk_test_")
        with pytest.raises(ValueError, match="padstone services reset"):
            await demo_key(seeding, keys, owner_id)
