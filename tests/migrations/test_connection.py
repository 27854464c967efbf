"""Starters that race apply once, also when the one that leads is killed."""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg

from padstone.settings import DatabaseSettings

from .conftest import TinySystem

# One process imports everything and forks the starters, which would take seconds each otherwise.
RACE = """\
import json, os, sys

from padstone import migrations
from {package}.core.config import settings

children = []
gate, holder = os.pipe()
for number in range({starters}):
    if (pid := os.fork()) == 0:
        os.close(holder)
        os.read(gate, 1)  # until all are there, and the parent lets go
        try:
            migrations.upgrade(settings)
        except BaseException as error:
            sys.stderr.write(f"{number}: {type(error).__name__}: {error}\\\\n")
            os._exit(1)
        os._exit(0)
    children.append(pid)
os.close(holder)
print(json.dumps([os.waitpid(pid, 0)[1] for pid in children]))
"""

FIRST = 'op.create_table("items", sa.Column("id", sa.Integer))'

# The first one who comes here says who it is, and stays.
STUCK = """\
import os
import signal
from pathlib import Path

op.execute("INSERT INTO items VALUES (1)")
marker = Path({marker!r})
if not marker.exists():
    marker.write_text(str(os.getpid()))
    signal.pause()
"""

CONCURRENTLY = """\
with op.get_context().autocommit_block():
    op.create_index("ix_items_id", "items", ["id"], postgresql_concurrently=True)
"""


async def race(system: TinySystem, settings: DatabaseSettings, starters: int) -> Any:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RACE.replace("{package}", system.package).replace("{starters}", str(starters)),
        cwd=system.folder,
        env={**os.environ, "PYTHONPATH": str(system.folder), "DATABASE_URL": settings.DATABASE_URL},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


def leader_of(marker: Path) -> int:
    """The process that has written the marker, as soon as there is one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if marker.exists() and (text := marker.read_text()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError("nobody has come as far as the second revision")


async def test_twenty_race_and_the_leader_is_killed(
    system: TinySystem, settings: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    marker = system.folder / "leader"
    system.revise("aaa", FIRST)
    system.revise("bbb", STUCK.format(marker=str(marker)), after="aaa")
    # It waits for every snapshot in the database, those of the waiting starters included.
    system.revise("ccc", CONCURRENTLY, after="bbb")
    process = await race(system, settings, 20)
    try:
        async with asyncio.timeout(180):
            os.kill(await asyncio.to_thread(leader_of, marker), signal.SIGKILL)
            out, err = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert err.decode() == ""
    statuses = json.loads(out)
    assert sorted(statuses) == [0] * 19 + [signal.SIGKILL]
    assert await psql.fetchval("SELECT count(*) FROM items") == 1
    assert await psql.fetchval("SELECT version_num FROM alembic_version") == "ccc"
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_items_id'::regclass"
    assert await psql.fetchval(valid)
