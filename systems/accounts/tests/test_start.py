"""C1 and A1: the seed's own command starts the system, in an empty environment and with URLs."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from app.core.config import Settings
from padstone.testing.servers import free_port

FOLDER = Path(__file__).resolve().parents[1]
HEALTHY = {
    "status": "healthy",
    "database": "connected",
    "storage": "connected",
    "version": "0.1.0",
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The system in a folder of its own, as a fresh clone has it."""
    folder = tmp_path / "accounts"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "cli", "tests", ".padstone")
    shutil.copytree(FOLDER, folder, ignore=ignored)
    return folder


def _start(folder: Path, port: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (folder / "uvicorn.log").open("wb") as output:
        return subprocess.Popen(
            [Path(sys.executable).with_name("uvicorn"), "app.main:app", "--port", str(port)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


@asynccontextmanager
async def _uvicorn(folder: Path, **environment: str) -> AsyncIterator[str]:
    port = free_port()
    server = _start(folder, port, environment)
    try:
        yield await _ready(f"http://127.0.0.1:{port}", server, folder / "uvicorn.log")
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait, 15)


async def _ready(url: str, server: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + 90
    async with httpx2.AsyncClient(base_url=url, timeout=5) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if (await client.get("/health")).json() == HEALTHY:
                    return url
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(_tail(log))


def _tail(log: Path) -> str:
    return log.read_text()[-3000:]


def _has_services(folder: Path) -> bool:
    return (folder / ".padstone").exists()


async def test_c1_plain_uvicorn_in_an_empty_environment(clone: Path) -> None:
    async with _uvicorn(clone) as url, httpx2.AsyncClient(base_url=url) as client:
        assert (await client.get("/health")).json() == HEALTHY
        ready = await client.get("/health/ready")
        assert ready.status_code == 200, "the embedded database was brought to head"
    assert _has_services(clone)


async def test_c1_services_by_url_start_nothing(clone: Path, cloned_settings: Settings) -> None:
    given = cloned_settings
    assert given.DATABASE_URL is not None
    assert given.STORAGE_ENDPOINT_URL is not None
    assert given.STORAGE_ACCESS_KEY is not None
    assert given.STORAGE_SECRET_KEY is not None
    async with (
        _uvicorn(
            clone,
            DATABASE_URL=given.DATABASE_URL,
            REDIS_URL="redis://127.0.0.1:1/0",
            STORAGE_ENDPOINT_URL=given.STORAGE_ENDPOINT_URL,
            STORAGE_ACCESS_KEY=given.STORAGE_ACCESS_KEY.get_secret_value(),
            STORAGE_SECRET_KEY=given.STORAGE_SECRET_KEY.get_secret_value(),
            STORAGE_BUCKET=given.STORAGE_BUCKET,
        ) as url,
        httpx2.AsyncClient(base_url=url) as client,
    ):
        assert (await client.get("/health")).json() == HEALTHY
    assert not _has_services(clone)


def test_a1_the_default_port_is_8000() -> None:
    assert Settings.model_fields["PORT"].default == 8000


def test_a1_the_pool_is_5_to_20_by_default() -> None:
    fields = Settings.model_fields
    assert fields["DATABASE_POOL_MIN_SIZE"].default == 5
    assert fields["DATABASE_POOL_SIZE"].default == 20
