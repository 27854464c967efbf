"""Queries skip deleted rows, however they come by them, unless they are asked not to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import ForeignKey, delete, exists, func, select, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    aliased,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)

from padstone.db import Database
from padstone.models import (
    INCLUDE_DELETED,
    Identified,
    SoftDeleted,
    TableBase,
    new_metadata,
    unique_living,
)
from padstone.settings import DatabaseSettings
from padstone.testing.queries import QueryCounter

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Owner(Base, Identified, SoftDeleted):
    __tablename__ = "owners"
    email: Mapped[str]
    pets: Mapped[list["Pet"]] = relationship(back_populates="owner", lazy="raise")
    __table_args__ = (unique_living("owners", "email"),)


class Pet(Base, Identified, SoftDeleted):
    __tablename__ = "pets"
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("owners.id"))
    name: Mapped[str]
    age: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Owner | None] = relationship(back_populates="pets", lazy="raise")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pets(database_factory: Any) -> AsyncIterator[Database]:
    """Ann has a living and a deleted pet; Bob is deleted, and his pet lives on."""
    async with database_factory.blank() as url:
        database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with database.session() as session:
            ann, bob = Owner(email="ann"), Owner(email="bob", deleted_at=NOW)
            session.add_all([ann, bob])
            session.add(Pet(owner=ann, name="rex", age=1))
            session.add(Pet(owner=ann, name="tot", age=2, deleted_at=NOW))
            session.add(Pet(owner=bob, name="fly", age=4))
        yield database
        await database.close()


@pytest_asyncio.fixture
async def session(pets: Database) -> AsyncIterator[AsyncSession]:
    """What a test does in it is undone."""
    async with pets.session() as session:
        yield session
        await session.rollback()


async def names(session: AsyncSession, statement: Any, **options: Any) -> list[Any]:
    found = (await session.execute(statement, **options)).scalars().all()
    return sorted(getattr(one, "name", None) or getattr(one, "email", one) for one in found)


ALSO: dict[str, Any] = {"execution_options": INCLUDE_DELETED}


async def test_selects(session: AsyncSession) -> None:
    assert await names(session, select(Pet)) == ["fly", "rex"]
    assert await names(session, select(Pet.name)) == ["fly", "rex"]
    assert await names(session, select(Pet).where(Pet.name == "tot")) == []
    assert await names(session, select(Pet), **ALSO) == ["fly", "rex", "tot"]
    assert await names(session, select(Pet).execution_options(**INCLUDE_DELETED)) == [
        "fly",
        "rex",
        "tot",
    ]


async def test_joins(session: AsyncSession) -> None:
    joined = select(Pet.name).join(Pet.owner)
    assert await names(session, joined) == ["rex"]
    assert await names(session, joined, **ALSO) == ["fly", "rex", "tot"]
    # An outer join keeps the living row and finds no partner for it.
    outer = select(Pet.name, Owner.email).outerjoin(Pet.owner).order_by(Pet.name)
    assert (await session.execute(outer)).all() == [("fly", None), ("rex", "ann")]


async def test_aliases(session: AsyncSession) -> None:
    other = aliased(Pet)
    pairs = select(Pet.name, other.name).join(other, Pet.owner_id == other.owner_id)
    assert sorted((await session.execute(pairs)).all()) == [("fly", "fly"), ("rex", "rex")]


async def test_subqueries_of_every_kind(session: AsyncSession) -> None:
    inner = select(Pet.owner_id).where(Pet.age == 2)
    assert await names(session, select(Owner).where(Owner.id.in_(inner))) == []
    with_pet = exists().where(Pet.owner_id == Owner.id, Pet.age == 2)
    assert await names(session, select(Owner).where(with_pet)) == []
    assert await names(session, select(Owner).where(Owner.pets.any(Pet.age == 2))) == []
    assert await names(session, select(Owner).where(Owner.pets.any(Pet.age == 1))) == ["ann"]
    oldest = select(func.max(Pet.age)).where(Pet.owner_id == Owner.id).scalar_subquery()
    assert (await session.execute(select(Owner.email, oldest))).all() == [("ann", 1)]
    common = select(Pet).cte()
    assert await names(session, select(common.c.name)) == ["fly", "rex"]
    ages = select(Pet.age).subquery()
    assert await session.scalar(select(func.sum(ages.c.age))) == 5
    both = union_all(select(Pet.name), select(Owner.email))
    assert await names(session, both) == ["ann", "fly", "rex"]


async def test_aggregates(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).select_from(Pet)) == 2
    assert await session.scalar(select(func.count(Pet.id))) == 2
    assert await session.scalar(select(func.sum(Pet.age))) == 5
    assert await session.scalar(select(func.sum(Pet.age)), **ALSO) == 7
    grouped = select(Pet.owner_id, func.count()).group_by(Pet.owner_id)
    assert sorted(count for _, count in (await session.execute(grouped)).all()) == [1, 1]


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload])
async def test_relationships(session: AsyncSession, load: Any) -> None:
    owners = (await session.scalars(select(Owner).options(load(Owner.pets)))).unique().all()
    assert [(owner.email, [pet.name for pet in owner.pets]) for owner in owners] == [
        ("ann", ["rex"])
    ]
    session.expunge_all()
    pets = (await session.scalars(select(Pet).options(load(Pet.owner)))).unique().all()
    assert {pet.name: pet.owner and pet.owner.email for pet in pets} == {"rex": "ann", "fly": None}


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload])
async def test_relationships_with_the_deleted(session: AsyncSession, load: Any) -> None:
    owners = await session.scalars(select(Owner).options(load(Owner.pets)), **ALSO)
    assert {owner.email: sorted(pet.name for pet in owner.pets) for owner in owners.unique()} == {
        "ann": ["rex", "tot"],
        "bob": ["fly"],
    }


async def test_a_relationship_that_is_loaded_later(session: AsyncSession) -> None:
    ann = (await session.scalars(select(Owner))).one()
    await session.refresh(ann, ["pets"])
    assert [pet.name for pet in ann.pets] == ["rex"]
    fly = (await session.scalars(select(Pet).where(Pet.name == "fly"))).one()
    await session.refresh(fly, ["owner"])
    assert fly.owner is None


async def test_a_relationship_that_a_join_fills(session: AsyncSession) -> None:
    statement = select(Owner).join(Owner.pets).options(contains_eager(Owner.pets))
    [ann] = (await session.scalars(statement)).unique()
    assert [pet.name for pet in ann.pets] == ["rex"]


async def test_get(session: AsyncSession) -> None:
    ids = dict((await session.execute(select(Pet.name, Pet.id), **ALSO)).all())
    rex = await session.get(Pet, ids["rex"])
    assert rex is not None
    assert rex.name == "rex"
    assert await session.get(Pet, ids["tot"]) is None
    tot = await session.get(Pet, ids["tot"], **ALSO)
    assert tot is not None
    assert tot.deleted_at == NOW


async def test_updates(session: AsyncSession) -> None:
    changed = update(Pet).values(age=Pet.age + 10).returning(Pet.name)
    assert await names(session, changed) == ["fly", "rex"]
    restored = update(Pet).where(Pet.name == "tot").values(deleted_at=None).returning(Pet.age)
    assert (await session.execute(restored)).all() == []
    assert (await session.execute(restored, **ALSO)).all() == [(2,)]
    assert await names(session, select(Pet)) == ["fly", "rex", "tot"]


async def test_deletes(session: AsyncSession) -> None:
    assert await names(session, delete(Pet).returning(Pet.name)) == ["fly", "rex"]
    assert await names(session, select(Pet.name), **ALSO) == ["tot"]
    assert await names(session, delete(Pet).returning(Pet.name), **ALSO) == ["tot"]


async def test_a_row_that_the_session_deletes_is_out_of_its_queries(session: AsyncSession) -> None:
    rex = (await session.scalars(select(Pet).where(Pet.name == "rex"))).one()
    rex.deleted_at = NOW
    assert await names(session, select(Pet)) == ["fly"]
    await session.refresh(rex)  # what the caller holds can still be read
    assert rex.deleted_at == NOW
    session.expire(rex)
    await session.refresh(rex, ["name"])
    assert rex.name == "rex"
    rex.deleted_at = None
    assert await names(session, select(Pet)) == ["fly", "rex"]


async def test_a_read_session_hides_them_too(session: AsyncSession, pets: Database) -> None:
    async with pets.read_session() as reading:
        assert await names(reading, select(Pet)) == ["fly", "rex"]
        assert await names(reading, select(Pet), **ALSO) == ["fly", "rex", "tot"]


async def test_sql_and_tables_see_every_row(session: AsyncSession) -> None:
    # Said here so that nobody is surprised: only ORM classes are filtered.
    assert await session.scalar(text("SELECT count(*) FROM pets")) == 3
    assert await session.scalar(select(func.count()).select_from(Pet.__table__)) == 3


async def test_another_session_class_is_left_alone(pets: Database) -> None:
    async with AsyncSession(pets.engine) as plain:
        assert await names(plain, select(Pet)) == ["fly", "rex", "tot"]


async def test_the_filter_is_in_the_statement_and_costs_none(
    session: AsyncSession, pets: Database
) -> None:
    with QueryCounter(pets.engine.sync_engine).counting() as statements:
        await session.scalars(select(Owner).options(selectinload(Owner.pets)))
    assert len(statements) == 2
    assert all("deleted_at IS NULL" in statement for statement in statements)


async def test_a_unique_value_is_free_again_after_deletion(session: AsyncSession) -> None:
    session.add(Owner(email="bob"))
    await session.flush()
    bobs = select(func.count()).select_from(Owner).where(Owner.email == "bob")
    assert await session.scalar(bobs) == 1
    assert await session.scalar(bobs, **ALSO) == 2
    restored = update(Owner).where(Owner.deleted_at.is_not(None)).values(deleted_at=None)
    with pytest.raises(IntegrityError, match="uq_owners_email_living"):
        await session.execute(restored, **ALSO)
