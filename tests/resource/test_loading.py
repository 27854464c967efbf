"""What a read schema needs loaded is found in its types."""

from typing import Annotated, Any, Optional
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from padstone.resource.loading import (
    allows_none,
    flat_columns,
    loaders,
    names_relationships,
    relationships,
    schema_in,
)
from padstone.schemas import Read
from small_shop.schemas import CategoryRead, FolderRead, NoteRead, ProductRead
from small_shop.tables import Folder, Note, Product


class NoteWithFolder(Read):
    id: UUID
    folder: FolderRead | None


def test_relationships_are_found_at_any_depth() -> None:
    found = [(where, nested) for where, _, nested in relationships(Note, NoteWithFolder)]
    assert found == [("NoteWithFolder.folder", FolderRead), ("FolderRead.notes", NoteRead)]
    assert names_relationships(Folder, FolderRead)
    assert not names_relationships(Note, NoteRead)
    assert loaders(Note, NoteRead) == []
    assert len(loaders(Product, ProductRead)) == 1


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (CategoryRead, CategoryRead),
        (CategoryRead | None, CategoryRead),
        (Optional[CategoryRead], CategoryRead),  # noqa: UP045  # the older form is met too
        (list[CategoryRead], CategoryRead),
        (Annotated[list[CategoryRead], Field(max_length=3)] | None, CategoryRead),
        (int | None, None),
        (Any, None),
    ],
)
def test_a_schema_is_found_in_its_type(annotation: Any, schema: type[BaseModel] | None) -> None:
    assert schema_in(annotation) is schema


def test_what_may_be_null_is_known() -> None:
    assert allows_none(int | None)
    assert allows_none(None)
    assert not allows_none(int)
    assert not allows_none(list[int])


def test_a_table_of_rows_has_the_columns_of_single_other_rows() -> None:
    assert flat_columns(FolderRead)[-2:] == ["notes", "revision"]
    assert {"category.id", "category.name"} <= set(flat_columns(ProductRead))
    assert "category" not in flat_columns(ProductRead)
