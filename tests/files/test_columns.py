"""The table of files refuses what cannot be."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from padstone.db import Database
from padstone.files import Files
from padstone.ids import new_id

RIGHT: dict[str, Any] = {
    "path": "a/b.txt",
    "name": "b.txt",
    "media_type": "text/plain",
    "size_bytes": 0,
    "sha256": bytes(32),
    "storage_key": "files/1",
    "status": "clean",
    "owner": "ann",
}


async def add(database: Database, files: Files[Any], **values: Any) -> None:
    async with database.session() as session:
        await session.execute(insert(files._model).values(id=new_id(), **{**RIGHT, **values}))


async def test_a_row_that_can_be(database: Database, files: Files[Any]) -> None:
    await add(database, files)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_bytes": -1},
        {"sha256": bytes(31)},
        {"status": "unknown"},
        {"storage_key": None},
        {"path": None},
    ],
)
async def test_a_row_that_cannot_be(wrong: Any, database: Database, files: Files[Any]) -> None:
    with pytest.raises(IntegrityError):
        await add(database, files, **wrong)


async def test_bytes_belong_to_one_row(database: Database, files: Files[Any]) -> None:
    await add(database, files)
    with pytest.raises(IntegrityError):
        await add(database, files)
