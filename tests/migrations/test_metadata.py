"""Every model is known, or the error says which import is missing."""

import pytest
from sqlalchemy import MetaData

from padstone.migrations import MigrationError
from padstone.migrations.metadata import load_metadata

from .conftest import TinySystem

NOTE = """\
    from sqlalchemy.orm import Mapped

    from {package}.models.base import Base
    from padstone.models import Identified


    class Note(Base, Identified):
        __tablename__ = "notes"
        body: Mapped[str]
"""


def test_imported_models_are_known(system: TinySystem) -> None:
    system.write("models/note.py", NOTE)
    system.write(
        "models/__init__.py",
        """\
        from {package}.models.base import Base
        from {package}.models.note import Note
        """,
    )
    metadata = load_metadata(f"{system.package}.models")
    assert isinstance(metadata, MetaData)
    assert set(metadata.tables) == {"notes"}


@pytest.mark.parametrize("module", ["note", "deep.er.note"])
def test_a_model_that_nobody_imports_is_named(system: TinySystem, module: str) -> None:
    path = module.replace(".", "/")
    for folder in ("deep", "deep/er") if "." in module else ():
        system.write(f"models/{folder}/__init__.py", "")
    system.write(f"models/{path}.py", NOTE)
    with pytest.raises(MigrationError) as raised:
        load_metadata(f"{system.package}.models")
    assert "these tables would be missing: notes" in raised.value.detail
    assert f"from {system.package}.models.{module} import Note" in raised.value.detail
    assert "models/__init__.py" in raised.value.detail


def test_a_table_without_a_model_is_named_too(system: TinySystem) -> None:
    system.write(
        "models/links.py",
        """\
        from sqlalchemy import Column, Table, Uuid

        from {package}.models.base import Base

        links = Table("links", Base.metadata, Column("id", Uuid, primary_key=True))
        """,
    )
    with pytest.raises(MigrationError, match="would be missing: links"):
        load_metadata(f"{system.package}.models")


def test_models_without_a_base_are_an_error(system: TinySystem) -> None:
    system.write("models/__init__.py", "")
    with pytest.raises(MigrationError, match="has no Base"):
        load_metadata(f"{system.package}.models")
