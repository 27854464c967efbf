"""Plain ``alembic``, and locks that others hold."""

import asyncio
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.config import CommandLine, Config

from padstone import migrations
from padstone.migrations import MigrationError, environment
from padstone.settings import DatabaseSettings

from .conftest import TinySystem

CREATE = 'op.create_table("items", sa.Column("id", sa.Integer))'
ALTER = 'op.add_column("items", sa.Column("name", sa.Text))'


def alembic(system: TinySystem, *words: str) -> str:
    """Runs the ``alembic`` command in this process; what it prints about revisions."""
    line = CommandLine()
    options = line.parser.parse_args(words)
    said = StringIO()
    line.run_cmd(Config(system.folder / "alembic.ini", cmd_opts=options, stdout=said), options)
    return said.getvalue()


@pytest.fixture
def two(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    """A system that creates a table and then changes it."""
    system.revise("aaa", CREATE, 'op.drop_table("items")')
    system.revise("bbb", ALTER, 'op.drop_column("items", "name")', after="aaa")
    return settings


async def test_plain_alembic_works(
    system: TinySystem,
    two: DatabaseSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    psql: asyncpg.Connection,
) -> None:
    monkeypatch.setenv("DATABASE_URL", two.DATABASE_URL or "")
    system.forget()  # the settings are read when alembic imports them

    def run(*words: str) -> str:
        said = alembic(system, *words)
        return said + "".join(capsys.readouterr())

    # A loop runs in this thread.
    assert "applied aaa" in run("upgrade", "head")
    assert "bbb (head)" in run("current")
    assert "undid bbb" in run("downgrade", "-1")
    await psql.execute("INSERT INTO items VALUES (1)")
    run("upgrade", "head")
    assert await psql.fetchrow("SELECT * FROM items") == (1, None)
    with pytest.raises(SystemExit):
        run("check")  # the models know no table
    assert "remove_table" in "".join(capsys.readouterr())
    assert "Generating" in run("revision", "--autogenerate", "-m", "drop items")
    run("upgrade", "head")
    assert "No new upgrade operations" in run("check")
    assert "nothing to write" in run("revision", "--autogenerate", "-m", "nothing")
    run("downgrade", "base")
    assert "padstone" not in "".join(
        row["proname"] for row in await psql.fetch("SELECT proname FROM pg_proc")
    )


def test_offline_sql_needs_no_database(
    system: TinySystem,
    two: DatabaseSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the embedded services were started")

    monkeypatch.setattr("padstone.devservices.attach", refuse)
    alembic(system, "upgrade", "head", "--sql")
    sql = capsys.readouterr().out
    assert sql.index("SET lock_timeout = 5000") < sql.index("CREATE TABLE items")
    assert sql.count("BEGIN;") == sql.count("COMMIT;") == 2


@pytest.mark.usefixtures("embedded")
def test_without_a_url_the_embedded_database_is_used(
    system: TinySystem, two: DatabaseSettings
) -> None:
    def run(*words: str) -> str:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("alembic"),
                "-c",
                system.folder / "alembic.ini",
                *words,
            ],
            env={name: value for name, value in os.environ.items() if "DATABASE" not in name},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stderr

    assert run("upgrade", "head").splitlines() == ["applied aaa: aaa", "applied bbb: bbb"]
    assert migrations.current(system.settings()).id == "bbb"
    migrations.downgrade(system.settings(), "base")


async def start(settings: DatabaseSettings, awaited: str) -> asyncio.Task[None]:
    """Starts an upgrade; returns when it has said a sentence that contains ``awaited``."""
    loop = asyncio.get_running_loop()
    said: asyncio.Queue[str] = asyncio.Queue()

    def say(sentence: str) -> None:
        loop.call_soon_threadsafe(said.put_nowait, sentence)

    task = asyncio.create_task(asyncio.to_thread(migrations.upgrade, settings, say=say))
    async with asyncio.timeout(60):
        while awaited not in await said.get():
            pass
    return task


async def test_a_table_in_use_is_waited_for_briefly_and_again(
    two: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await asyncio.to_thread(migrations.upgrade, two, "aaa")
    async with psql.transaction():
        await psql.execute("SELECT FROM items")
        task = await start(two, "a table is in use")
        assert not task.done()
    await task
    assert await psql.fetchval("SELECT count(name) FROM items") == 0


async def test_what_stays_in_use_is_an_error_that_says_so(
    two: DatabaseSettings, psql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_LOCK_PATIENCE_SECONDS", 0.0)
    await asyncio.to_thread(migrations.upgrade, two, "aaa")
    async with psql.transaction():
        await psql.execute("SELECT FROM items")
        with pytest.raises(MigrationError, match=r"bbb\.py, line \d+: a table .* stayed in use"):
            await asyncio.to_thread(migrations.upgrade, two)


async def test_steps_are_not_counted_anew(
    system: TinySystem, two: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await asyncio.to_thread(migrations.upgrade, two, "aaa")
    system.revise("bbb", "pass", after="aaa")
    system.revise("ccc", ALTER, after="bbb")
    system.revise("ddd", "pass", after="ccc")
    said: list[str] = []
    async with psql.transaction():
        await psql.execute("SELECT FROM items")
        # The first of the two steps is done: tried again, "+2" would mean one step too many.
        with pytest.raises(MigrationError, match=r"ccc\.py"):
            await asyncio.to_thread(migrations.upgrade, two, "+2", say=said.append)
    assert said == ["applied bbb: bbb"]
    assert await psql.fetchval("SELECT version_num FROM alembic_version") == "bbb"


async def test_a_revision_may_wait_longer(
    system: TinySystem, two: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    system.revise("bbb", "op.execute(\"SET LOCAL lock_timeout = '1min'\")\n" + ALTER, after="aaa")
    await asyncio.to_thread(migrations.upgrade, two, "aaa")
    transaction = psql.transaction()
    await transaction.start()
    await psql.execute("SELECT FROM items")
    task = asyncio.create_task(asyncio.to_thread(migrations.upgrade, two))
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'items'::regclass AND NOT granted"
    async with asyncio.timeout(60):
        while await psql.fetchval(waiting) == 0:
            pass
    assert not task.done()
    await transaction.rollback()
    await task
