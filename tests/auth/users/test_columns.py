from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from padstone.auth.users import UserColumns
from padstone.db import Database
from padstone.migrations.triggers import touch_arguments
from padstone.models import Identified, TableBase, Timestamped, new_metadata

from .conftest import LoginAttempt, User, UserSession


def table(model: Any) -> Table:
    found = model.__table__
    assert isinstance(found, Table)
    return found


def test_being_used_is_no_change() -> None:
    assert touch_arguments(table(User))[:2] == (
        ("updated_at", "revision"),
        ("browser_generation", "last_login_at"),
    )
    assert touch_arguments(table(UserSession))[:2] == (("updated_at",), ("last_used_at",))


def test_every_column_says_what_it_is_for() -> None:
    for model in (User, UserSession, LoginAttempt):
        silent = {column.name for column in table(model).columns if not column.comment}
        inherited = {"id", "user_id", "created_at", "updated_at", "revision", "deleted_at"}
        assert silent <= inherited | {"full_name"}


INSERT = "INSERT INTO users (id, email, role, deleted_at) VALUES (gen_random_uuid(), {}, 'x', {})"


@pytest.mark.parametrize("statement", [INSERT.format("'Upper@example.com'", "NULL")])
async def test_an_address_is_in_small_letters(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="ck_users_email_lower_case"):
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))


async def test_an_address_is_unique_among_the_living(database: Database) -> None:
    async with database.engine.begin() as connection:
        for deleted in ("now()", "now()", "NULL"):
            await connection.execute(text(INSERT.format("'a@example.com'", deleted)))
    with pytest.raises(IntegrityError, match="uq_users_email_living"):
        async with database.engine.begin() as connection:
            await connection.execute(text(INSERT.format("'a@example.com'", "NULL")))


def test_without_soft_deletion_it_is_unique_among_all() -> None:
    class Base(DeclarativeBase, TableBase):
        metadata = new_metadata()

    class Member(Identified, UserColumns, Timestamped, Base):
        __tablename__ = "members"

    [index] = table(Member).indexes
    assert (index.name, index.unique) == ("uq_members_email", True)
    assert index.dialect_options["postgresql"]["where"] is None
