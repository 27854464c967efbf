"""On servers that were given nothing stays of a run, whatever became of its processes."""

import asyncio
import secrets

import asyncpg
import boto3
import pytest
from redis import Redis

from padstone.testing.cleaning import clean
from padstone.testing.databases import DatabaseFactory
from padstone.testing.services import TestServices, bucket_name, redis_prefix

# The names of what was made are written down, since the run itself removes it.
TESTS = """
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest


def note(name):
    (Path(__file__).parent / f"{name}.made").touch()


@pytest.mark.parametrize("number", range(2))
async def test_a_database(database_factory, blank_database, number):
    note(await database_factory.template("plain", Path(__file__).parent, lambda url: None))
    note(urlsplit(blank_database).path[1:])


async def test_a_process_that_is_killed(blank_database):
    note(urlsplit(blank_database).path[1:])
    if "DIE" in os.environ:
        os._exit(9)
"""


async def databases(services: TestServices) -> set[str]:
    connection = await asyncpg.connect(services.admin_url.replace("+asyncpg", ""))
    rows = await connection.fetch("SELECT datname FROM pg_database")
    await connection.close()
    return {row["datname"] for row in rows}


@pytest.mark.parametrize("processes", ["0", "2"])
async def test_a_run_leaves_no_database(
    system: pytest.Pytester,
    test_services: TestServices,
    monkeypatch: pytest.MonkeyPatch,
    processes: str,
) -> None:
    (system.path / "test_things.py").write_text(TESTS)
    dies = int(processes != "0")
    if dies:
        monkeypatch.setenv("DIE", "1")
    result = await asyncio.to_thread(system.runpytest_subprocess, "-q", "-n", processes)
    result.assert_outcomes(passed=3 - dies, failed=dies)
    made = {path.stem for path in system.path.glob("*.made")}
    assert len({name.split("_")[1] for name in made}) == 1, "all of one run"
    assert sum("template" in name for name in made) == 1
    assert made.isdisjoint(await databases(test_services))


async def test_what_another_run_made_stays(test_services: TestServices) -> None:
    one, other = (DatabaseFactory(test_services.admin_url, secrets.token_hex(4)) for _ in "ab")
    mine = f"{one._prefix}mine"
    admin = await one._connect()
    await one._create(admin, mine, "template0")
    await admin.close()
    async with other.blank() as theirs:
        await one.drop_all()
        left = await databases(test_services)
        assert mine not in left
        assert theirs.rpartition("/")[2] in left


async def test_without_a_run_nothing_is_dropped() -> None:
    # Nobody listens there: it must not come so far as to ask.
    with pytest.raises(ValueError, match="Nothing was touched"):
        await DatabaseFactory("postgresql://u:p@127.0.0.1:1/admin").drop_all()


def test_its_bucket_goes_too(test_services: TestServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PADSTONE_TEST_DATABASE_URL", raising=False)
    for name, value in test_services.storage.items():
        monkeypatch.setenv(f"PADSTONE_TEST_{name}", value)
    run = secrets.token_hex(4)
    client = boto3.client(
        "s3",
        endpoint_url=test_services.storage["STORAGE_ENDPOINT_URL"],
        aws_access_key_id=test_services.storage["STORAGE_ACCESS_KEY"],
        aws_secret_access_key=test_services.storage["STORAGE_SECRET_KEY"],
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=bucket_name(run))
    client.put_object(Bucket=bucket_name(run), Key="a", Body=b"a")
    for _ in range(2):  # also where there is none
        clean(run)
        found = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
        assert bucket_name(run) not in found


def test_its_keys_go_too_and_no_others(
    test_services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "DATABASE_URL",
        "STORAGE_ENDPOINT_URL",
        "STORAGE_ACCESS_KEY",
        "STORAGE_SECRET_KEY",
    ):
        monkeypatch.delenv(f"PADSTONE_TEST_{name}", raising=False)
    monkeypatch.setenv("PADSTONE_TEST_REDIS_URL", test_services.redis_url)
    mine, theirs = secrets.token_hex(4), secrets.token_hex(4)
    with Redis.from_url(test_services.redis_url) as redis:
        for number in range(3000):
            redis.set(f"{redis_prefix(mine)}{number}", "a", ex=300)
        other = f"{redis_prefix(theirs)}a"
        redis.set(other, "a", ex=300)
        clean(mine)
        assert redis.keys(f"{redis_prefix(mine)}*") == []
        assert redis.get(other) == b"a"
