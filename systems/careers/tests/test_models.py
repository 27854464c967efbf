"""D1: the tables."""

import inspect as python
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import RelationshipProperty

from app import models
from app.models import Base
from padstone.ids import new_id

TABLES = {
    "users",
    "master_resumes",
    "work_experiences",
    "education",
    "skills",
    "certifications",
    "resume_versions",
    "job_postings",
    "applications",
    "cover_letters",
    "prompt_templates",
    "credentials",
    "email_threads",
    "interview_events",
    "analytics_snapshots",
}
MAPPERS = {mapper.local_table.name: mapper for mapper in Base.registry.mappers}
# Columns of the library's mix-ins, whose docstrings tell of them.
SHARED = {"id", "created_at", "updated_at", "revision", "deleted_at", "search_vector"}


def test_d1_the_15_tables_are_there() -> None:
    assert set(MAPPERS) >= TABLES
    from app.models import MasterResume, User

    assert (User.__tablename__, MasterResume.__tablename__) == ("users", "master_resumes")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_d1_uuid_keys_and_times(table: str) -> None:
    columns = Base.metadata.tables[table].c
    assert columns["id"].type.python_type.__name__ == "UUID"
    assert {"created_at", "updated_at"} <= set(columns.keys())
    assert new_id().version == 7


@pytest.mark.parametrize("table", sorted(TABLES - {"analytics_snapshots"}))
def test_d1_soft_delete(table: str) -> None:
    assert "deleted_at" in Base.metadata.tables[table].c


@pytest.mark.parametrize("table", sorted(MAPPERS))
def test_d1_every_model_and_field_is_documented(table: str) -> None:
    mapper = MAPPERS[table]
    assert python.getdoc(mapper.class_)
    inherited = {
        name
        for base in mapper.class_.__mro__
        if base.__module__.startswith("padstone")
        for name in {*vars(base), *python.get_annotations(base)}
    }
    for attribute in mapper.column_attrs:
        column: Any = attribute.columns[0]
        documented = column.comment or column.doc or attribute.key in SHARED | inherited
        assert documented, f"{table}.{attribute.key} has no words"
    for relationship in mapper.relationships:
        assert relationship.doc, f"{table}.{relationship.key} has no words"


@pytest.mark.parametrize("table", sorted(MAPPERS))
def test_d1_columns_are_typed(table: str) -> None:
    """``Mapped[]`` throughout: no column without an annotation."""
    cls = MAPPERS[table].class_
    annotated = {name for base in cls.__mro__ for name in python.get_annotations(base)}
    assert {attribute.key for attribute in MAPPERS[table].attrs} <= annotated


RELATIONSHIPS = [
    MAPPERS[table].relationships[key]
    for table in sorted(MAPPERS)
    for key in sorted(MAPPERS[table].relationships.keys())
]


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=str)
def test_d1_relationships_go_both_ways_and_never_load_unasked(
    relationship: RelationshipProperty[Any],
) -> None:
    assert relationship.back_populates
    assert relationship.lazy == "raise"


def test_d1_every_owned_table_leads_to_a_user() -> None:
    unowned = {"idempotency_records", "login_attempts"}  # kept by principal, and by hash
    from app.services.portability import tables_of_users

    reached = {table.name for table, _ in tables_of_users(new_id())}
    assert reached == set(MAPPERS) - unowned


async def test_d1_enums_are_postgresqls(session: AsyncSession) -> None:
    found = await session.scalars(text("SELECT typname FROM pg_type WHERE typtype = 'e'"))
    assert {
        "experience_type",
        "degree_type",
        "skill_category",
        "job_status",
        "job_source",
        "application_status",
        "prompt_task",
        "email_classification",
        "interview_type",
    } <= set(found)


def test_all_names_are_exported() -> None:
    assert models.__all__ == sorted(models.__all__)
    classes = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert classes <= set(models.__all__)
    assert inspect(models.User).local_table.name == "users"
