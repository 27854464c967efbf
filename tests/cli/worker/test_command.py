"""``padstone worker`` as a process: it works, ends politely, and dies without loss."""

import asyncio
import json
import random
import signal
from collections.abc import Callable
from typing import Any

from padstone.db import Database

from .conftest import Working, appears, note, values, wait

Work = Callable[..., Working]

QUEUED = "SELECT count(*) FROM pgqueuer.pgqueuer"
NOTES = "SELECT note FROM effects ORDER BY note"
MOST_SECONDS = 240


def lines(working: Working, event: str) -> list[dict[str, Any]]:
    said = [json.loads(line) for line in working.process.output.splitlines() if line[:1] == "{"]
    return [one for one in said if one["event"] == event]


async def enqueue(database: Database, count: int) -> None:
    async with database.session() as session:
        for number in range(count):
            await note.enqueue(session, number=number)


async def test_it_runs_jobs_and_ends_when_asked(work: Work, database: Database) -> None:
    one = work()
    one.until_it_works()
    await enqueue(database, 1)
    one.process.until('"outcome":"succeeded"')
    one.process.send(signal.SIGTERM)
    assert one.process.ended() == 0
    (line,) = lines(one, "job")
    assert line["task"] == "note"
    assert line["attempt"] == 1
    assert line["job_id"] > 0
    assert line["duration_ms"] > 0
    assert await values(database, NOTES) == ["0"]
    assert "Traceback" not in one.process.output


async def test_ctrl_c_gives_back_what_does_not_end(work: Work, database: Database) -> None:
    one = work(SHUTDOWN_GRACE_SECONDS="0.1")
    async with database.session() as session:
        await wait.enqueue(session, name="never")
    appears(one.folder / "never.1.begun")
    one.process.interrupt()
    assert one.process.ended() == 0
    rows = "SELECT status || ' ' || attempts FROM pgqueuer.pgqueuer"
    assert await values(database, rows) == ["queued 0"]


async def test_killed_workers_lose_nothing_and_double_nothing(
    work: Work, database: Database
) -> None:
    """PROMISES 6, the short series: `make prove` has the long one."""
    count, chance = 300, random.Random(6)  # noqa: S311
    await enqueue(database, count)
    workers = [work(JOBS_LEASE_SECONDS="1") for _ in range(2)]
    kills = 0
    async with asyncio.timeout(MOST_SECONDS):
        while (done := len(await values(database, "SELECT 1 FROM effects"))) < count:
            # Each is killed in the middle of its work, and another takes its place.
            if kills < 6 and done > kills * 40:
                number = chance.randrange(2)
                workers[number].process.send(signal.SIGKILL)
                workers[number].process.ended()
                workers[number] = work(JOBS_LEASE_SECONDS="1")
                kills += 1
            await asyncio.sleep(chance.uniform(0, 0.05))
        while await values(database, QUEUED) != [0]:
            await asyncio.sleep(0.02)
    assert kills == 6
    assert sorted(map(int, await values(database, "SELECT note FROM effects"))) == [*range(count)]
    ended = "SELECT count(*) FROM pgqueuer.pgqueuer_log WHERE status = 'successful'"
    assert await values(database, ended) == [count]


async def test_a_worker_that_stood_still_repeats_no_effect(work: Work, database: Database) -> None:
    first = work(JOBS_LEASE_SECONDS="1")
    async with database.session() as session:
        await wait.enqueue(session, name="go")
    appears(first.folder / "go.1.begun")
    first.process.send(signal.SIGSTOP)
    second = work(JOBS_LEASE_SECONDS="1")
    appears(second.folder / "go.2.begun")
    (second.folder / "go").touch()
    second.process.until('"outcome":"succeeded"')
    first.process.send(signal.SIGCONT)
    first.process.until('"outcome":"lost"')
    assert await values(database, NOTES) == ["attempt 2"]
    assert await values(database, QUEUED) == [0]


async def test_a_health_check_sees_whether_it_lives(
    system: Any, work: Work, database: Database
) -> None:
    one = work()
    one.until_it_works()
    appears(one.folder.parent / "worker")
    environment = {
        "JOBS_HEALTH_FILE": str(one.folder.parent / "worker"),
        "JOBS_LEASE_SECONDS": "2",
        "DATABASE_URL": "postgresql://nobody/is_asked",
    }
    looked = system.inside("worker", "--check", env=environment)
    assert (looked.status, looked.err) == (0, "")
    assert f"process {one.process.pid}" in looked.out
    one.process.send(signal.SIGSTOP)
    async with asyncio.timeout(60):
        while system.inside("worker", "--check", env=environment).status == 0:
            await asyncio.sleep(0.2)
    assert "no sign of life" in system.inside("worker", "--check", env=environment).err
    one.process.send(signal.SIGCONT)
    one.process.send(signal.SIGTERM)
    assert one.process.ended() == 0
    assert "No worker runs" in system.inside("worker", "--check", env=environment).err


async def test_without_a_place_for_its_signs_it_works_all_the_same(
    work: Work, database: Database
) -> None:
    one = work(JOBS_HEALTH_FILE="/proc/nowhere/worker", JOBS_LEASE_SECONDS="1")
    one.process.until("set JOBS_HEALTH_FILE")
    await enqueue(database, 1)
    one.process.until('"outcome":"succeeded"')
    one.process.send(signal.SIGTERM)
    assert one.process.ended() == 0
    assert one.process.output.count("set JOBS_HEALTH_FILE") == 1


async def test_it_waits_for_migrations(work: Work, database: Database, system: Any) -> None:
    async with database.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DELETE FROM alembic_version")
    one = work()
    one.process.until("waiting for `padstone db upgrade`")
    async with database.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
    one.until_it_works()


async def test_without_tables_it_says_what_to_do(work: Work, database: Database) -> None:
    async with database.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DROP SCHEMA pgqueuer CASCADE")
    one = work()
    assert one.process.ended() != 0
    assert "padstone db revision" in one.process.output
    assert "Traceback" not in one.process.output


def test_under_dev_links_lead_to_where_its_server_serves(work: Work, system: Any) -> None:
    main = system.folder / "app" / "main.py"
    main.write_text(f"{main.read_text()}\nprint('links lead to', settings.PORT, flush=True)\n")
    work("--under-dev", 4711, 1, PORT="8000").process.until("links lead to 4711")


def test_a_system_without_jobs_has_no_worker(tiny: Any) -> None:
    program = tiny("DatabaseSettings")
    ran = program("worker")
    assert (ran.status, ran.err) == (
        2,
        "error: This system has no jobs: its create_app names none.\n",
    )
    looked = program.inside("worker", "--check")
    assert (looked.status, looked.out) == (2, "")
    assert "do not inherit JobSettings" in looked.err
