"""What autogenerate writes takes the database to the models, back, and there again."""

import asyncio
from textwrap import dedent

import asyncpg
import pytest

from padstone import migrations
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

from .conftest import TinySystem

MODELS = """\
    import enum
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import CheckConstraint, Computed, Enum, ForeignKey, String, Text
    from sqlalchemy.orm import Mapped, mapped_column

    from {package}.models.base import Base
    from padstone.models import Identified, Revisioned, SoftDeleted, Timestamped
    from padstone.models import search_vector, unique_living


    class Status(enum.Enum):
        active = "active"
        gone = "gone"


    class Account(Base, Identified, Timestamped, Revisioned, SoftDeleted):
        __tablename__ = "accounts"
        email: Mapped[str]
        balance: Mapped[int] = mapped_column(server_default="0")
        status: Mapped[Status] = mapped_column(
            Enum(Status, name="account_status"), server_default="active"
        )
        shout: Mapped[str] = mapped_column(Text, Computed("upper(email)", persisted=True))
        title: Mapped[str | None] = mapped_column(String(200))
        words: Mapped[str] = search_vector("email", "title", language="simple")
        __table_args__ = (
            unique_living("accounts", "email"),
            CheckConstraint("balance >= 0", name="balance"),
        )


    class Key(Base, Identified, Timestamped):
        __tablename__ = "keys"
        account_id: Mapped[UUID] = mapped_column(
            ForeignKey("accounts.id", ondelete="CASCADE"), index=True
        )
        hash: Mapped[bytes] = mapped_column(unique=True)
        last_used_at: Mapped[datetime | None] = mapped_column(info={"touch": False})
"""

ROWS = """\
    INSERT INTO accounts (id, email) VALUES ('00000000-0000-7000-8000-000000000001', 'a@b.c');
    INSERT INTO keys (id, account_id, hash)
    VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'x');
"""


@pytest.fixture
def modelled(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    """The settings of a system with two tables and no revision."""
    system.write("models/tables.py", MODELS)
    system.write(
        "models/__init__.py",
        """\
        from {package}.models.base import Base
        from {package}.models.tables import Account, Key
        """,
    )
    system.forget()
    return system.settings(settings.DATABASE_URL)


@pytest.fixture
def migrated(modelled: DatabaseSettings) -> DatabaseSettings:
    migrations.revision(modelled, "create accounts")
    migrations.upgrade(modelled)
    return modelled


async def leftovers(connection: asyncpg.Connection) -> set[str]:
    """What is left of us in the database: tables, functions, types."""
    rows = await connection.fetch(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
    )
    return {row["name"] for row in rows if "alembic_version" not in row["name"]}


async def test_up_down_up_with_rows(migrated: DatabaseSettings, psql: asyncpg.Connection) -> None:
    await psql.execute(ROWS)
    await asyncio.to_thread(migrations.downgrade, migrated, "base")
    assert await leftovers(psql) == set()
    await asyncio.to_thread(migrations.upgrade, migrated)
    await psql.execute(ROWS)
    await psql.execute("UPDATE accounts SET email = 'd@e.f'")
    assert await psql.fetchval("SELECT revision FROM accounts") == 2
    assert await asyncio.to_thread(migrations.check, migrated) == []


def test_nothing_is_written_when_nothing_is_to_do(
    system: TinySystem, migrated: DatabaseSettings
) -> None:
    assert migrations.revision(migrated, "nothing") is None
    assert len(list(system.versions.glob("*.py"))) == 1


def test_a_revision_says_what_it_is(system: TinySystem, migrated: DatabaseSettings) -> None:
    first = next(iter(system.versions.glob("*.py")))
    assert first.name.endswith("_create_accounts.py")
    text = first.read_text()
    assert text.startswith('"""create accounts\n')
    assert "triggers.create_touch('accounts', columns=['updated_at', 'revision'], ignore=" in text
    second = migrations.revision(migrated, "by hand", autogenerate=False)
    assert second is not None
    assert "postgresql_concurrently=True" in second.read_text()
    migrations.upgrade(migrated)


async def test_check_finds_a_missing_trigger(
    migrated: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await psql.execute("DROP TRIGGER touch ON keys")
    missing = await asyncio.to_thread(migrations.check, migrated)
    assert missing == [
        "triggers.create_touch('keys', columns=['updated_at'], ignore=['last_used_at'])"
    ]
    written = await asyncio.to_thread(migrations.revision, migrated, "mend")
    assert written is not None
    await asyncio.to_thread(migrations.upgrade, migrated)
    assert await asyncio.to_thread(migrations.check, migrated) == []


def test_a_changed_trigger_is_replaced_and_comes_back(
    system: TinySystem, migrated: DatabaseSettings
) -> None:
    system.write("models/tables.py", MODELS.replace('(info={"touch": False})', "()"))
    system.forget()
    settings = system.settings(migrated.DATABASE_URL)
    assert migrations.check(settings) == [
        "triggers.drop_touch('keys')",
        "triggers.create_touch('keys', columns=['updated_at'])",
    ]
    migrations.revision(settings, "count uses as changes")
    migrations.upgrade(settings)
    assert migrations.check(settings) == []
    migrations.downgrade(settings, "-1")
    system.write("models/tables.py", MODELS)
    system.forget()
    # The revision that goes on is out of the way, so that only the models decide.
    next(iter(system.versions.glob("*count_uses*"))).unlink()
    assert migrations.check(system.settings(migrated.DATABASE_URL)) == []


SEALED_HEAD = """\
from sqlalchemy import LargeBinary
from padstone.crypto import Ciphertext, Encrypted
"""

SEALED = """\


class Secret(Base, Identified, Timestamped):
    __tablename__ = "secrets"
    value: Mapped[Ciphertext | None] = mapped_column(Encrypted())
"""


def test_a_column_of_secrets_is_bytes_whose_rewriting_does_not_count(
    system: TinySystem, migrated: DatabaseSettings
) -> None:
    models = SEALED_HEAD + dedent(MODELS) + SEALED
    system.write("models/tables.py", models)
    system.forget()
    settings = system.settings(migrated.DATABASE_URL)
    written = migrations.revision(settings, "secrets")
    assert written is not None
    text = written.read_text()
    assert "sa.Column('value', sa.LargeBinary(), nullable=True)" in text
    assert "triggers.create_touch('secrets', columns=['updated_at'], rewritten=True)" in text
    assert "padstone.crypto" not in text
    migrations.upgrade(settings)
    assert migrations.check(settings) == []
    system.write("models/tables.py", models.replace("Encrypted()", "LargeBinary()"))
    system.forget()
    assert migrations.check(system.settings(migrated.DATABASE_URL)) == [
        "triggers.drop_touch('secrets')",
        "triggers.create_touch('secrets', columns=['updated_at'])",
    ]


async def test_a_dropped_table_takes_its_trigger_and_its_type(
    system: TinySystem, modelled: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    tables = system.write("models/tables.py", MODELS.partition("    class Key")[0])
    imports = "from {package}.models.base import Base\n"
    system.write("models/__init__.py", imports + "from {package}.models.tables import Account\n")
    for message in ("create accounts", "drop accounts"):
        system.forget()
        settings = system.settings(modelled.DATABASE_URL)
        await asyncio.to_thread(migrations.revision, settings, message)
        await asyncio.to_thread(migrations.upgrade, settings)
        system.write("models/__init__.py", imports)
        tables.unlink(missing_ok=True)
    assert await leftovers(psql) == set()
    await asyncio.to_thread(migrations.downgrade, settings, "-1")
    assert {"accounts", "account_status", "padstone_touch"} <= await leftovers(psql)
    await asyncio.to_thread(migrations.upgrade, settings)
    assert await leftovers(psql) == set()


async def test_check_finds_drift(migrated: DatabaseSettings, psql: asyncpg.Connection) -> None:
    await psql.execute(
        """
        ALTER TABLE accounts DROP CONSTRAINT ck_accounts_balance;
        ALTER TABLE accounts ALTER balance SET DEFAULT 7;
        ALTER TABLE accounts ALTER email DROP NOT NULL;
        DROP INDEX uq_accounts_email_living;
        ALTER TABLE keys ADD COLUMN more text;
        """
    )
    missing = await asyncio.to_thread(migrations.check, migrated)
    assert len(missing) == 5
    for expected in (
        "ck_accounts_balance",
        "server_default='0'",
        "nullable=False",
        "create_index('uq_accounts_email_living'",
        "drop_column('keys', 'more')",
    ):
        assert expected in "\n".join(missing)


def test_a_forgotten_import_writes_no_revision(
    system: TinySystem, migrated: DatabaseSettings
) -> None:
    system.write("models/__init__.py", "from {package}.models.base import Base\n")
    system.forget()
    settings = system.settings(migrated.DATABASE_URL)
    with pytest.raises(MigrationError, match=r"would be missing: accounts, keys\."):
        migrations.revision(settings, "would drop all")
    assert len(list(system.versions.glob("*.py"))) == 1
