"""Autogenerate writes the triggers that a table needs to tell of its changes."""

import asyncio

import asyncpg
import pytest

from padstone import migrations
from padstone.settings import DatabaseSettings

from .conftest import TinySystem

MODELS = """\
    from sqlalchemy.orm import Mapped

    from {package}.models.base import Base
    from padstone import models
    from padstone.models import Identified


    class Person(Base, Identified):
        __tablename__ = "people"
        role: Mapped[str]
        gone: Mapped[bool]
"""
NEEDS = """

    models.needs_notify(Person.__table__, "people_changed", "id", on=[ON])
"""


def modelled(system: TinySystem, url: str | None, *on: str) -> DatabaseSettings:
    """A system whose table must tell of changes of these columns; of none, where nobody asks."""
    asked = NEEDS.replace("ON", ", ".join(map(repr, on))) if on else ""
    system.write("models/__init__.py", MODELS + asked)
    system.forget()
    return system.settings(url)


@pytest.fixture
def migrated(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    made = modelled(system, settings.DATABASE_URL, "role")
    written = migrations.revision(made, "create people")
    assert written is not None
    text = written.read_text()
    wanted = "triggers.create_notify('people', 'people_changed', 'id', on=['role'])"
    assert wanted in text
    assert text.index("op.create_table('people'") < text.index(wanted)
    assert text.index("triggers.drop_notify('people', 'people_changed')") < text.index(
        "op.drop_table('people')"
    )
    migrations.upgrade(made)
    return made


async def test_it_tells_and_goes_again(
    migrated: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    assert await asyncio.to_thread(migrations.check, migrated) == []
    heard: asyncio.Queue[str] = asyncio.Queue()
    await psql.add_listener("people_changed", lambda *said: heard.put_nowait(said[-1]))
    one = "00000000-0000-7000-8000-000000000001"
    await psql.execute(f"INSERT INTO people (id, role, gone) VALUES ('{one}', 'buyer', false)")  # noqa: S608
    await psql.execute("UPDATE people SET gone = true")
    await psql.execute("UPDATE people SET role = 'admin'")
    async with asyncio.timeout(30):
        assert await heard.get() == one
    assert heard.empty()
    await psql.reset()
    await asyncio.to_thread(migrations.downgrade, migrated, "base")
    assert not await psql.fetchval("SELECT count(*) FROM pg_proc WHERE proname LIKE 'padstone%'")


def test_a_column_more_is_told_of_too(system: TinySystem, migrated: DatabaseSettings) -> None:
    more = modelled(system, migrated.DATABASE_URL, "role", "gone")
    assert migrations.check(more) == [
        "triggers.drop_notify('people', 'people_changed')",
        "triggers.create_notify('people', 'people_changed', 'id', on=['gone', 'role'])",
    ]
    migrations.revision(more, "tell of who is gone")
    migrations.upgrade(more)
    assert migrations.check(more) == []
    assert migrations.check(modelled(system, migrated.DATABASE_URL, "role")) == []


async def test_a_trigger_that_is_gone_is_missed(
    migrated: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await psql.execute('DROP TRIGGER "notify_people_changed" ON people')
    assert await asyncio.to_thread(migrations.check, migrated) == [
        "triggers.create_notify('people', 'people_changed', 'id', on=['role'])"
    ]


def test_what_nobody_asked_for_stays(system: TinySystem, migrated: DatabaseSettings) -> None:
    assert migrations.check(modelled(system, migrated.DATABASE_URL)) == []
