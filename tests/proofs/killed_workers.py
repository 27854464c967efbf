"""Promise 6 at full length: jobs, while their workers are killed and stood still again and again.

    python tests/proofs/killed_workers.py --jobs 1000 --every 2

It runs for as long as the jobs take, prints what it did to the workers, and fails where a job was
lost, an effect doubled, or the work stood still for longer than promised. It needs nothing running.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from jobs_system import FILES
from padstone.db import Database
from padstone.jobs import JobContext, Jobs
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.services import test_services

RESUME_SECONDS = 15.0
CONFIG = """\
from typing import ClassVar

from padstone.settings import DatabaseSettings, JobSettings


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "proof"


settings = Settings()
"""
EFFECTS = (
    "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint, note text)",
    "CREATE TABLE alembic_version (version_num text PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('0001')",
)

jobs = Jobs()


@jobs.task()
async def note(context: JobContext, number: int) -> None:
    """As the system has it."""


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "proof"


class Workers:
    """Some workers, of which one after the other meets its fate."""

    def __init__(self, folder: Path, url: str, count: int, chance: random.Random) -> None:
        self._folder = folder
        self._url = url
        self._chance = chance
        self._all = [self._start() for _ in range(count)]
        self._frozen: list[WatchedProcess] = []
        self.kills = 0
        self.stops = 0

    def meet_fate(self) -> None:
        """Kills one and starts another, or lets one stand still for longer than its lease."""
        number = self._chance.randrange(len(self._all))
        victim = self._all[number]
        if self._chance.random() < 1 / 4:
            victim.send(signal.SIGSTOP)
            self._frozen.append(victim)
            self.stops += 1
        else:
            victim.send(signal.SIGKILL)
            victim.ended()
            victim.close()
            self.kills += 1
        self._all[number] = self._start()
        if len(self._frozen) > 2:
            thawed = self._frozen.pop(0)
            thawed.send(signal.SIGCONT)
            self._all.append(thawed)

    def close(self) -> None:
        """Ends them all."""
        for one in (*self._all, *self._frozen):
            one.close()

    def _start(self) -> WatchedProcess:
        environment = bare_environment(
            ENVIRONMENT="test", LOG_LEVEL="WARNING", DATABASE_URL=self._url, DATABASE_SSL="disable"
        )
        command = [sys.executable, "-m", "padstone", "worker"]
        return WatchedProcess(command, self._folder, environment)


def write_system(folder: Path) -> Path:
    """The system's files."""
    own = {
        **FILES,
        "app/__init__.py": "",
        "app/core/__init__.py": "",
        "app/core/config.py": CONFIG,
    }
    for name, content in own.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


async def make_tables(database: Database) -> None:
    """The jobs' tables, and one for their effects."""
    async with database.session() as session:
        connection = await session.connection()
        for statement in (*job_tables.upgrade_sql(), *EFFECTS):
            await connection.exec_driver_sql(statement)


async def scalars(database: Database, statement: str) -> list[Any]:
    """The first column of what ``statement`` gives."""
    async with database.session() as session:
        return list(await session.scalars(text(statement)))


async def prove(count: int, every: float, processes: int, seed: int) -> None:
    """The proof itself. Raises ``SystemExit`` that says what was broken."""
    run, chance = f"proof{os.getpid()}", random.Random(seed)  # noqa: S311  # to be repeated
    with tempfile.TemporaryDirectory() as folder, test_services(run) as services:
        system = write_system(Path(folder))
        async with DatabaseFactory(services.admin_url).blank() as url:
            database = Database(Settings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
            await database.open()
            await make_tables(database)
            async with database.session() as session:
                for number in range(count):
                    await note.enqueue(session, number=number)
            workers = Workers(system, url, processes, chance)
            try:
                stood_still = await watch(database, workers, count, every)
            finally:
                workers.close()
            await judge(database, workers, count, stood_still)
            await database.close()


async def watch(database: Database, workers: Workers, count: int, every: float) -> float:
    """Waits for the end, and gives the longest time without any progress."""
    done, moved, longest = 0, time.monotonic(), 0.0
    fate = time.monotonic() + every
    while done < count or await scalars(database, "SELECT 1 FROM pgqueuer.pgqueuer LIMIT 1"):
        (now_done,) = await scalars(database, "SELECT count(*) FROM effects")
        if now_done > done:
            longest = max(longest, time.monotonic() - moved)
            done, moved = now_done, time.monotonic()
        if time.monotonic() - moved > 120:
            raise SystemExit(f"broken: nothing has moved for two minutes, {done} of {count} done")
        if time.monotonic() > fate and done < count:
            workers.meet_fate()
            fate = time.monotonic() + every
        await asyncio.sleep(0.05)
    return longest


async def judge(database: Database, workers: Workers, count: int, stood_still: float) -> None:
    """Says what was found, and fails where a promise is broken."""
    notes = sorted(map(int, await scalars(database, "SELECT note FROM effects")))
    doubled = len(notes) - len(set(notes))
    lost = count - len(set(notes))
    sys.stdout.write(
        f"{count} jobs, {workers.kills} workers killed, {workers.stops} stood still: "
        f"{lost} lost, {doubled} effects doubled, longest pause {stood_still:.1f} s\n"
    )
    if lost or doubled or stood_still > RESUME_SECONDS:
        raise SystemExit("broken")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two fates")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    os.environ["ENVIRONMENT"] = "test"
    asyncio.run(prove(given.jobs, given.every, given.workers, given.seed))


if __name__ == "__main__":
    main()
