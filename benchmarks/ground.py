"""What all servers stand on: services of this run's own, and each system's database with rows."""

import asyncio
import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from model import serving_model
from pydantic import SecretStr
from rows import fill, token_key
from workloads import Caller, Kind

from padstone import devservices
from padstone.devservices import Services
from padstone.settings import StorageSettings
from padstone.storage import Storage

__all__ = ["POOL_SIZE", "SITES", "SYSTEMS", "GroundError", "Site", "clean_environment", "ground"]

SYSTEMS = Path(__file__).resolve().parent.parent / "systems"
SITES = {
    "accounts": ("accounts", 10_000),
    "assistant": ("assistant", 10_000),
    "careers": ("careers", 10_000),
    "shop": ("shop", 10_000),
    "shop-million": ("shop", 1_000_000),
}
"""The system of each site, and how many rows it has."""

POOL_SIZE = 20
"""Connections to the database that each server may have, ours (by its default) and its peers."""

_BUCKET = "benchmark"


class GroundError(Exception):
    """There is nothing to measure on."""


@dataclass(frozen=True)
class Site:
    """One system and its database: the variables that servers are told, and who asks."""

    system: str
    environment: Mapping[str, str]
    peers_environment: Mapping[str, str]
    callers: Mapping[Kind, list[Caller]]

    @property
    def folder(self) -> Path:
        """Where the system is."""
        return SYSTEMS / self.system

    @property
    def database_url(self) -> str:
        """The database, as asyncpg takes it."""
        return self.peers_environment["DATABASE_URL"]


def clean_environment(**values: str) -> dict[str, str]:
    """``values`` and nothing else that decides: a developer's settings must not be measured."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **values}


@contextmanager
def ground(folder: Path, sites: Iterable[str]) -> Iterator[dict[str, Site]]:
    """Starts services in ``folder``, apart from those of ``make dev`` and ``make test``."""
    try:
        with ExitStack() as stack:
            made = {}
            for name in sites:
                lease = devservices.attach(f"benchmark-{name}", root=folder, ephemeral=True)
                stack.enter_context(lease)
                model_url = stack.enter_context(serving_model()) if name == "assistant" else ""
                made[name] = _prepared(name, lease.services, model_url)
            yield made
    finally:
        devservices.stop(folder, ephemeral=True)


def _prepared(name: str, services: Services, model_url: str) -> Site:
    system, size = SITES[name]
    secret_key = secrets.token_hex(32)
    environment = _environment(services, secret_key, model_url)
    migrated = subprocess.run(
        [sys.executable, "-m", "padstone", "db", "upgrade"],
        cwd=SYSTEMS / system,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if migrated.returncode != 0:
        raise GroundError(f"The database cannot be migrated.\n{migrated.stderr[-2000:]}")
    asyncio.run(_make_bucket(services))
    callers = asyncio.run(fill(services.database_url, system, size, secret_key))
    peers = clean_environment(
        DATABASE_URL=services.database_url.replace("+asyncpg", ""),
        JWT_KEY=token_key(secret_key),
        MODEL_URL=model_url,
        POOL_SIZE=str(POOL_SIZE),
        NODE_ENV="production",
    )
    return Site(system, environment, peers, callers)


def _environment(services: Services, secret_key: str, model_url: str) -> dict[str, str]:
    model = {"name": "model", "kind": "openai", "base_url": f"{model_url}/v1", "key": "benchmark"}
    return clean_environment(
        ENVIRONMENT="production",
        SECRET_KEY=secret_key,
        ALLOWED_ORIGINS="https://app.example.com",
        DATABASE_URL=services.database_url,
        DATABASE_SSL="disable",
        DATABASE_POOL_SIZE=str(POOL_SIZE),
        STORAGE_ENDPOINT_URL=services.storage_endpoint_url,
        STORAGE_ACCESS_KEY=services.storage_access_key,
        STORAGE_SECRET_KEY=services.storage_secret_key,
        STORAGE_BUCKET=_BUCKET,
        REDIS_URL=services.redis_url,
        PROVIDERS=json.dumps([model | {"models": {"echo": "echo"}}]) if model_url else "",
        PRICES=json.dumps({"echo": [1, 1]}),
        ENCRYPTION_KEYS=f"benchmark:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        PUBLIC_URL="https://app.example.com",
        MAIL_URL="smtp://127.0.0.1:9",  # nobody is written to
        MAIL_FROM="benchmark@example.com",
    )


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
