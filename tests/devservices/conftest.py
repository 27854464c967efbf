import asyncio
import json
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import boto3
import httpx2
import pytest
from botocore.client import Config
from redis import Redis

from padstone.devservices import Services, attach, reset, stop

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

    def send_mail(self, subject: str) -> None:
        url = urlsplit(self.services.mail_url or "")
        with smtplib.SMTP(url.hostname or "", url.port or 0, timeout=5) as connection:
            connection.login(url.username or "", url.password or "")
            text = f"Subject: {subject}\r\n\r\n"
            connection.sendmail("me@example.com", ["ann@example.com"], text)

    def mails(self) -> list[tuple[str, str]]:
        """Box and subject of each, newest first."""
        found = httpx2.get(f"{self.services.mailbox_url}api/mails", timeout=5).json()
        return [(mail["box"], mail["subject"]) for mail in found]

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


@pytest.fixture
def clients() -> type[Clients]:
    return Clients


@pytest.fixture
def until() -> Callable[..., Any]:
    """Ask again until the answer is true. An error is a no, until the time is up."""

    def ask(condition: Callable[[], Any], seconds: float = 20) -> Any:
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

    return ask


@pytest.fixture
def pids() -> Callable[[Path], dict[str, int]]:
    """The process ids of a running set, its keeper's among them."""

    def read(root: Path) -> dict[str, int]:
        state = json.loads((root / ".padstone/services/state.json").read_text())
        services = {name: service["pid"] for name, service in state["services"].items()}
        return {**services, "keeper": state["keeper"]}

    return read


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    """Whether a process runs. One that waits to be collected by its parent does not."""

    def ask(pid: int) -> bool:
        said = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return bool(said.stdout.strip()) and not said.stdout.startswith("Z")

    return ask


class User:
    """Another process with a lease."""

    def __init__(self, root: Path, database: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER, database, str(root), str(GRACE)],
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
            self.process.kill()


@pytest.fixture
def user() -> Iterator[Callable[..., User]]:
    """Start another process that attaches; it is killed after the test at the latest."""
    users = []

    def start(root: Path, database: str = "app") -> User:
        users.append(User(root, database))
        return users[-1]

    yield start
    for one in users:
        one.kill()


@pytest.fixture
def root() -> Iterator[Path]:
    """A checkout of this test's own, which every user may walk to."""
    with _checkout() as folder:
        yield folder


@pytest.fixture
def made_root(root: Path, _made_once: Path) -> Path:
    """A checkout of this test's own where a set has been before, which spares it the making."""
    shutil.rmtree(root / ".padstone", ignore_errors=True)
    subprocess.run(["cp", "-a", _made_once / ".padstone", root], check=True)
    # Ports of its own, so that the copy does not meet the original.
    access = root / ".padstone/services/access.json"
    access.write_text(json.dumps(json.loads(access.read_text()) | {"ports": {}}))
    return root


@pytest.fixture(scope="session")
def _made_once() -> Iterator[Path]:
    with _checkout() as folder:
        attach("app", root=folder).release()
        stop(folder)
        yield folder


@pytest.fixture(scope="session")
def shared_root() -> Iterator[Path]:
    """A checkout whose set runs for all tests that only look at it."""
    with _checkout() as folder, attach("shared", root=folder, grace=GRACE):
        yield folder


@contextmanager
def _checkout() -> Iterator[Path]:
    # In memory where there is some: these tests are about processes, and a disk would triple
    # their time.
    memory = Path("/dev/shm")  # noqa: S108
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="padstone test ", dir=place)).resolve()
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for ephemeral in (False, True):
            reset(folder, ephemeral=ephemeral)
        shutil.rmtree(folder)


@pytest.fixture
def shared(shared_root: Path) -> Iterator[Services]:
    with attach("shared", root=shared_root) as lease:
        yield lease.services
