"""Alembic's commands as functions: from a loop, from many threads, and when they fail."""

import asyncio

import asyncpg
import pytest

from padstone import migrations
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

from .conftest import TinySystem


@pytest.fixture
def three(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    """A system whose three revisions each add a table."""
    for id_, after in (("aaa", None), ("bbb", "aaa"), ("ccc", "bbb")):
        system.revise(
            id_,
            f'op.create_table("t_{id_}", sa.Column("id", sa.Integer))',
            f'op.drop_table("t_{id_}")',
            after=after,
        )
    return settings


async def tables(psql: asyncpg.Connection) -> list[str]:
    rows = await psql.fetch(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE 't\\_%' ORDER BY 1"
    )
    return [row["tablename"] for row in rows]


async def test_up_and_down_by_every_kind_of_name(
    three: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    said: list[str] = []
    seen = []
    for step, revision in (
        (migrations.upgrade, "+1"),
        (migrations.upgrade, "+2"),
        (migrations.downgrade, "-2"),
        (migrations.upgrade, "bbb"),
        (migrations.upgrade, "head"),
        (migrations.downgrade, "base"),
    ):
        await asyncio.to_thread(step, three, revision, say=said.append)
        seen.append(len(await tables(psql)))
    assert seen == [1, 3, 1, 2, 3, 0]
    assert said[:3] == ["applied aaa: aaa", "applied bbb: bbb", "applied ccc: ccc"]
    assert said[-1] == "undid aaa: aaa"


async def test_it_works_while_a_loop_runs_in_this_thread(
    three: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    migrations.upgrade(three)
    assert await tables(psql) == ["t_aaa", "t_bbb", "t_ccc"]
    assert migrations.check(three) != []  # the models know none of these tables


async def test_threads_take_turns(three: DatabaseSettings, psql: asyncpg.Connection) -> None:
    said: list[str] = []
    await asyncio.gather(
        *(asyncio.to_thread(migrations.upgrade, three, say=said.append) for _ in range(5))
    )
    assert len(said) == 3
    assert await tables(psql) == ["t_aaa", "t_bbb", "t_ccc"]


def test_an_unknown_revision_is_named(three: DatabaseSettings) -> None:
    with pytest.raises(MigrationError, match="nonsense"):
        migrations.upgrade(three, "nonsense")


def test_check_wants_the_database_at_head(three: DatabaseSettings) -> None:
    with pytest.raises(MigrationError, match="padstone db upgrade"):
        migrations.check(three)


async def test_a_revision_that_fails_is_undone_and_named(
    system: TinySystem, three: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    path = system.revise(
        "ddd",
        """\
        op.execute("CREATE TABLE t_ddd (id int)")
        op.execute("INSERT INTO t_missing VALUES (1)")
        """,
        after="ccc",
    )
    with pytest.raises(MigrationError) as raised:
        await asyncio.to_thread(migrations.upgrade, three)
    line = path.read_text().splitlines().index('    op.execute("INSERT INTO t_missing VALUES (1)")')
    assert f'{path}, line {line + 1}: PostgreSQL says: relation "t_missing"' in raised.value.detail
    # What came before it stays, and it can be mended and tried again.
    assert await tables(psql) == ["t_aaa", "t_bbb", "t_ccc"]
    system.revise("ddd", 'op.execute("CREATE TABLE t_ddd (id int)")', after="ccc")
    await asyncio.to_thread(migrations.upgrade, three)
    assert "t_ddd" in await tables(psql)


def test_a_database_that_is_not_there_is_an_error_in_words(
    three: DatabaseSettings,
) -> None:
    gone = three.model_copy(update={"DATABASE_URL": f"{three.DATABASE_URL}_gone"})
    with pytest.raises(MigrationError, match=r"has no database 'test_\w+_gone'"):
        migrations.upgrade(gone)
