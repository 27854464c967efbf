"""C1: plain uvicorn starts the system, in an empty environment and with services by URL."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from padstone.settings import Settings
from padstone.testing.contract.environment import bare, cloned, environment_of, script
from padstone.testing.servers import free_port

__all__ = [
    "test_c1_plain_uvicorn_in_an_empty_environment",
    "test_c1_services_by_url_start_nothing",
]

_PATIENCE = 120.0
# Of services that are not there, for settings that would start an embedded one.
_NOWHERE = {"REDIS_URL": "redis://127.0.0.1:1/0"}


async def test_c1_plain_uvicorn_in_an_empty_environment(
    system_folder: Path, tmp_path: Path
) -> None:
    """The embedded services start, and their database is brought to head."""
    folder = cloned(system_folder, tmp_path)
    async with _uvicorn(folder):
        pass
    assert (folder / ".padstone").exists()


async def test_c1_services_by_url_start_nothing(
    system_folder: Path, cloned_settings: Settings, tmp_path: Path
) -> None:
    """Given every address, it uses those."""
    folder = cloned(system_folder, tmp_path)
    async with _uvicorn(folder, **{**_NOWHERE, **environment_of(cloned_settings)}):
        pass
    assert not (folder / ".padstone").exists()


@asynccontextmanager
async def _uvicorn(folder: Path, **environment: str) -> AsyncIterator[None]:
    port, log = free_port(), folder / "uvicorn.log"
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: ASYNC220  # it only starts here
            [script("uvicorn"), "app.main:app", "--port", str(port)],
            cwd=folder,
            env=bare(folder, **environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        await _ready(f"http://127.0.0.1:{port}", server, log)
        yield
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait, 30)


async def _ready(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Waits until it is ready, and healthy where it has such an endpoint."""
    deadline = time.monotonic() + _PATIENCE
    async with httpx2.AsyncClient(base_url=url, timeout=10) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if (await client.get("/health/ready")).status_code == 200:
                    health = await client.get("/health")
                    assert health.status_code in {200, 404}, health.text
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    said = await asyncio.to_thread(log.read_text)
    raise AssertionError(said[-3000:])
