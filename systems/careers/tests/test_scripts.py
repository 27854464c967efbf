"""The seed's scripts, in a clone of their own, with arguments that fit and that do not."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from padstone.testing.processes import WatchedProcess
from padstone.testing.servers import free_port

FOLDER = Path(__file__).resolve().parents[1]
Run = Callable[..., Awaitable["subprocess.CompletedProcess[str]"]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The system in a folder of its own."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".env", ".padstone", ".coverage*")
    return Path(shutil.copytree(FOLDER, tmp_path / "systems" / "careers", ignore=ignored))


def _environment(url: str) -> dict[str, str]:
    beside = Path(sys.executable).parent
    return {
        "PATH": f"{beside}:{os.environ['PATH']}",
        "ENVIRONMENT": "test",
        "DATABASE_URL": url,
    }


@pytest.fixture
def run(clone: Path, blank_database: str) -> Run:
    """Runs a script on an empty database."""

    async def run(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return await asyncio.to_thread(
            subprocess.run,
            [str(clone / "scripts" / name), *words],
            env=_environment(blank_database),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


async def test_d1_migrations_are_made_applied_and_begun_again(
    run: Run, clone: Path, blank_database: str
) -> None:
    model = clone / "app" / "models" / "prompt.py"
    words = "    name: Mapped[str] = mapped_column("
    added = '    tone: Mapped[str | None] = mapped_column(comment="How it sounds.")\n'
    model.write_text(model.read_text().replace(words, added + words, 1))
    made = await run("create_migration.sh", "add a tone")
    assert made.returncode == 0, made.stderr
    (revision,) = (clone / "alembic" / "versions").glob("*_add_a_tone.py")
    assert "tone" in revision.read_text()
    unknown = await run("run_migration.sh", "no-such-revision")
    assert unknown.returncode != 0
    assert "There is no revision" in unknown.stderr
    refused = await run("reset_db.sh")
    assert refused.returncode != 0
    assert "--confirm" in refused.stderr, "a database that was given by URL is not lost by mistake"
    name = blank_database.rpartition("/")[2]
    done = await run("reset_db.sh", "--confirm", name)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("create_migration.sh", []),
        ("create_migration.sh", [""]),
        ("create_migration.sh", ["a", "b"]),
        ("run_migration.sh", ["a", "b"]),
    ],
)
async def test_d1_wrong_arguments_are_refused(run: Run, name: str, words: list[str]) -> None:
    done = await run(name, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("name", ["run_server.sh", "run_migration.sh", "reset_db.sh"])
async def test_d1_what_is_not_installed_is_named(clone: Path, name: str) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        ["/bin/sh", str(clone / "scripts" / name)],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "make setup" in done.stderr


async def test_d2_the_server_starts(clone: Path, blank_database: str) -> None:
    port = free_port()
    environment = _environment(blank_database)
    command = [clone / "scripts" / "run_server.sh", "--port", port]
    server = WatchedProcess(command, clone, environment)
    try:
        assert await _health(f"http://127.0.0.1:{port}") == {"status": "ok", "version": "0.1.0"}
    finally:
        server.close()


async def _health(url: str) -> object:
    async with asyncio.timeout(90), httpx2.AsyncClient(base_url=url) as client:
        while True:
            try:
                return (await client.get("/api/v1/health")).json()
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
