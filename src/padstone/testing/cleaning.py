"""What a run has made on servers that were given is gone after it, however its tests ended."""

import asyncio
from contextlib import suppress
from typing import Any

from padstone.settings import StorageSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.services import bucket_name, given_services, redis_prefix

__all__ = ["clean"]


def clean(run: str) -> None:
    """Drops databases, keys and bucket of ``run`` where the environment names the servers.

    The embedded ones forget by themselves.
    """
    given = given_services()
    if "DATABASE_URL" in given:
        asyncio.run(DatabaseFactory(given["DATABASE_URL"], run).drop_all())
    if "REDIS_URL" in given:
        _remove_keys(given["REDIS_URL"], redis_prefix(run))
    storage: dict[str, Any] = {
        name: value for name, value in given.items() if name.startswith("STORAGE_")
    }
    if storage:
        _remove_bucket(StorageSettings(**storage), bucket_name(run))


def _remove_keys(url: str, prefix: str) -> None:
    from redis import Redis

    with Redis.from_url(url, protocol=2) as redis:
        for key in redis.scan_iter(f"{prefix}*", count=1000):
            redis.unlink(key)


def _remove_bucket(settings: StorageSettings, name: str) -> None:
    from padstone.storage.clients import make_clients

    client = make_clients(settings).patient
    with suppress(client.exceptions.NoSuchBucket):
        while found := client.list_objects_v2(Bucket=name).get("Contents"):
            for item in found:
                client.delete_object(Bucket=name, Key=item["Key"])
        client.delete_bucket(Bucket=name)
