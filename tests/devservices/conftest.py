import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import boto3
import pytest
from botocore.client import Config
from redis import Redis

from padstone.devservices import Services, attach, reset
from padstone.devservices.control import ServiceStatus, status

GRACE = 0.3

_USER = """
import json, sys
from pathlib import Path
from padstone.devservices import attach
lease = attach(sys.argv[1], root=Path(sys.argv[2]), grace=float(sys.argv[3]))
found = lease.services
print(json.dumps([found.database_url, found.redis_url, found.storage_endpoint_url]), flush=True)
sys.stdin.read()
"""


class Clients:
    """What a developer would do with a set, with real clients."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def sql(self, statement: str, *arguments: object) -> list[Any]:
        async def run() -> list[Any]:
            url = self.services.database_url.replace("+asyncpg", "")
            connection = await asyncpg.connect(url, timeout=5)
            try:
                return [tuple(row) for row in await connection.fetch(statement, *arguments)]
            finally:
                await connection.close()

        return asyncio.run(run())

    def redis(self) -> Redis:
        return Redis.from_url(self.services.redis_url, socket_timeout=5)

    def s3(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.services.storage_endpoint_url,
            aws_access_key_id=self.services.storage_access_key,
            aws_secret_access_key=self.services.storage_secret_key,
            region_name=self.services.storage_region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                response_checksum_validation="when_required",
                connect_timeout=5,
                retries={"max_attempts": 1},
            ),
        )


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true answer. Errors count as a no until the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if answer := condition():
                return answer
        except Exception:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def pids(root: Path, *, ephemeral: bool = False) -> dict[str, int]:
    return {one.name: one.pid for one in status(root, ephemeral=ephemeral) if one.pid is not None}


def keeper_pid(root: Path, home: str = "services") -> int:
    return int(json.loads((root / ".padstone" / home / "state.json").read_text())["keeper"])


def is_alive(pid: int) -> bool:
    """Whether the process runs. One that waits to be collected by its parent does not."""
    said = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(said.stdout.strip()) and not said.stdout.startswith("Z")


def one(name: str, found: list[ServiceStatus]) -> ServiceStatus:
    return next(status for status in found if status.name == name)


class User:
    """Another process with a lease."""

    def __init__(self, root: Path, database: str = "app", grace: float = GRACE) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER, database, str(root), str(grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def urls(self) -> list[str]:
        """Where it found the services, once it has."""
        assert self.process.stdout is not None
        return list(json.loads(self.process.stdout.readline()))

    def kill(self) -> None:
        with self.process:
            os.kill(self.process.pid, signal.SIGKILL)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A checkout of this test's own. As root, its data has to lie elsewhere."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    yield folder
    _clear(folder)


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A checkout that every user may walk to."""
    folder = Path(tempfile.mkdtemp(prefix="padstone-open-")).resolve()
    folder.chmod(0o755)
    yield folder
    _clear(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout whose set runs for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("shared")
    with attach("shared", root=folder, grace=GRACE):
        yield folder
    _clear(folder)


@pytest.fixture
def shared(shared_root: Path) -> Iterator[Services]:
    with attach("shared", root=shared_root) as lease:
        yield lease.services


def _clear(folder: Path) -> None:
    for ephemeral in (False, True):
        reset(folder, ephemeral=ephemeral)
