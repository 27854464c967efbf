"""A search vector is kept by PostgreSQL, searched through its index, and never loaded."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Mapped, undefer

from padstone.db import Database
from padstone.models import Identified, TableBase, new_metadata, search_vector
from padstone.testing.queries import QueryCounter


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Titled:
    title: Mapped[str]
    words: Mapped[str] = search_vector("title", language="simple")


class Article(Identified, Base):
    __tablename__ = "articles"

    name: Mapped[str]
    lead: Mapped[str | None]
    body: Mapped[str | None]
    notes: Mapped[str | None]
    more: Mapped[str | None]
    found: Mapped[str] = search_vector("name", "lead", "body", "notes", "more")


class Book(Identified, Titled, Base):
    __tablename__ = "books"


class Film(Identified, Titled, Base):
    __tablename__ = "films"


async def create(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def test_each_column_has_its_weight(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        session.add(Article(name="running", lead="b", body="c", notes="d", more="e"))
        await session.flush()
        row = await session.scalar(select(Article).options(undefer(Article.found)))
        assert row is not None
        assert row.found == "'b':2B 'c':3C 'd':4 'e':5 'run':1A"


async def test_nothing_but_a_search_sees_it(database: Database) -> None:
    await create(database)
    queries = QueryCounter(database.engine.sync_engine)
    async with database.session() as session:
        with queries.counting() as seen:
            row = Article(name="one")
            session.add(row)
            await session.flush()
            row.name = "two"
            await session.flush()
            session.expunge_all()
            found = (await session.scalars(select(Article))).one()
        assert [statement for statement in seen if "found" in statement] == []
        with pytest.raises(InvalidRequestError, match="raiseload"):
            _ = found.found
        asked = func.websearch_to_tsquery("english", "two")
        assert await session.scalar(select(Article.name).where(Article.found.bool_op("@@")(asked)))


async def test_a_mix_in_brings_column_and_index_along(database: Database) -> None:
    await create(database)
    async with database.session() as session:
        indexes = await session.scalars(
            text("SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%USING gin%' ORDER BY 1")
        )
        assert [found.rpartition(" ON ")[2] for found in indexes] == [
            "public.articles USING gin (found)",
            "public.books USING gin (words)",
            "public.films USING gin (words)",
        ]
        session.add_all([Book(title="Running"), Film(title="Run")])
        await session.flush()
        words = await session.scalar(select(Book).options(undefer(Book.words)))
        assert words is not None
        assert words.words == "'running':1A"


def test_what_cannot_be_searched_is_refused() -> None:
    with pytest.raises(ValueError, match="names of the columns"):
        search_vector()
    for language in ("english'", "", "a b"):
        with pytest.raises(ValueError, match="no name"):
            search_vector("name", language=language)
