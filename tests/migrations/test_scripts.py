"""Which revisions there are, and which of them the database has."""

import asyncio

import asyncpg
import pytest

from padstone import migrations
from padstone.db import Database
from padstone.errors import UnavailableError
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

from .conftest import TinySystem


@pytest.fixture
def three(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    """A system with three revisions, of which the database has none."""
    system.revise("aaa")
    system.revise("bbb", after="aaa")
    system.revise("ccc", after="bbb")
    return settings


def test_the_folder_is_that_of_the_settings(system: TinySystem, settings: DatabaseSettings) -> None:
    assert migrations.folder_of(settings) == system.folder


def test_settings_outside_a_system_have_no_folder() -> None:
    with pytest.raises(MigrationError, match=r"no alembic\.ini above .*DatabaseSettings"):
        migrations.folder_of(DatabaseSettings())


async def test_pending_names_what_the_database_lacks(
    three: DatabaseSettings, database: Database
) -> None:
    found = []
    for revision in ("bbb", "head", "base"):
        found.append(await migrations.pending(database.engine, three))
        step = migrations.downgrade if revision == "base" else migrations.upgrade
        await asyncio.to_thread(step, three, revision)
    found.append(await migrations.pending(database.engine, three))
    assert found == [["aaa", "bbb", "ccc"], ["ccc"], [], ["aaa", "bbb", "ccc"]]


async def test_a_check_fails_until_the_database_has_them_all(
    three: DatabaseSettings, database: Database, psql: asyncpg.Connection
) -> None:
    check = migrations.up_to_date(database, three)
    with pytest.raises(UnavailableError, match="3 migrations wait"):
        await check()
    await asyncio.to_thread(migrations.upgrade, three)
    await check()
    await psql.execute("DROP TABLE alembic_version")
    await check()  # it does not ask again


async def test_a_database_that_is_ahead_lacks_nothing(
    three: DatabaseSettings, database: Database, psql: asyncpg.Connection
) -> None:
    await asyncio.to_thread(migrations.upgrade, three)
    await psql.execute("UPDATE alembic_version SET version_num = 'ddd'")
    assert await migrations.pending(database.engine, three) == []
    for use in (migrations.history, migrations.upgrade):
        with pytest.raises(MigrationError, match=r"no revision ddd in .* padstone db reset"):
            await asyncio.to_thread(use, three)


def test_history_is_in_order_and_says_what_is_applied(
    system: TinySystem, three: DatabaseSettings
) -> None:
    assert migrations.current(three) is None
    migrations.upgrade(three, "bbb")
    found = migrations.history(three)
    assert [(one.id, one.is_applied, one.is_head) for one in found] == [
        ("aaa", True, False),
        ("bbb", True, False),
        ("ccc", False, True),
    ]
    assert (found[0].message, found[0].path) == ("aaa", system.versions / "aaa.py")
    assert migrations.current(three) == found[1]


def test_two_heads_are_an_error_that_names_both(
    system: TinySystem, three: DatabaseSettings
) -> None:
    system.revise("other", after="bbb")
    for use in (migrations.upgrade, migrations.history, migrations.check, migrations.lint):
        with pytest.raises(MigrationError, match="More than one revision is the last") as raised:
            use(three)
        assert f"ccc ({system.versions / 'ccc.py'})" in raised.value.detail
        assert f"other ({system.versions / 'other.py'})" in raised.value.detail
    system.revise("merged", after=("ccc", "other"))
    migrations.upgrade(three)
    assert [one.id for one in migrations.history(three) if one.is_head] == ["merged"]
    assert migrations.lint(three) == []


def test_a_revision_that_cannot_be_imported_is_named_with_its_line(
    system: TinySystem, three: DatabaseSettings
) -> None:
    file = next(system.folder.glob("alembic/versions/*bbb*"))
    file.write_text(f"import nowhere_to_be_found\n{file.read_text()}")
    wanted = rf"cannot be read: {file}, line 1: ModuleNotFoundError: .*nowhere_to_be_found"
    with pytest.raises(MigrationError, match=wanted):
        migrations.history(three)
