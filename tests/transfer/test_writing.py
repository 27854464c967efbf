"""Rows as CSV, JSON and NDJSON, in chunks, never all at once."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from padstone.transfer import NULL, MediaType, read_rows, write_rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text(
    alphabet="=+-@'\t\r\n \",;\\N"
)
VALUES = st.none() | TEXTS
ROWS = st.lists(st.fixed_dictionaries({"a": VALUES, "b;c": VALUES}), min_size=1, max_size=5)


async def each(rows: Iterable[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row


async def whole(rows: Iterable[Any], media_type: MediaType, **options: Any) -> str:
    chunks = [chunk async for chunk in write_rows(each(rows), media_type, **options)]
    return b"".join(chunks).decode()


@given(ROWS, st.sampled_from(MediaType))
async def test_what_is_written_is_read_as_it_was(rows: list[Any], media_type: MediaType) -> None:
    chunks = write_rows(each(rows), media_type, null=NULL)
    assert [row.values async for row in read_rows(chunks, media_type)] == rows


@given(ROWS)
async def test_any_other_reader_finds_the_same_cells_and_no_formula(rows: list[Any]) -> None:
    found = list(csv.reader(io.StringIO(await whole(rows, MediaType.CSV), newline="")))
    assert len(found) == len(rows) + 1
    assert {len(row) for row in found} == {2}
    for cell in (cell for row in found[1:] for cell in row):
        assert not cell.strip().startswith(("=", "+", "-", "@"))


async def test_numbers_stay_numbers_and_texts_texts() -> None:
    class Product(BaseModel):
        count: int
        price: Decimal
        code: str

    text = await whole([Product(count=-5, price=Decimal("-1.50"), code="-5")], MediaType.CSV)
    assert text == "count,price,code\r\n-5,-1.50,'-5\r\n"


async def test_null_is_an_empty_cell_unless_asked() -> None:
    rows = [{"a": None, "b": ""}]
    assert await whole(rows, MediaType.CSV) == "a,b\r\n,'\r\n"
    assert await whole(rows, MediaType.CSV, null=NULL) == "a,b\r\n\\N,'\r\n"


async def test_a_lone_empty_cell_is_no_empty_line() -> None:
    assert await whole([{"a": None}, {"a": "x"}], MediaType.CSV) == 'a\r\n""\r\nx\r\n'


async def test_columns_are_chosen_and_step_into_objects() -> None:
    rows = [{"a": 1, "b": {"c": "=x", "d": [1]}, "z": 1}, {"b": None, "x.y": 2}]
    text = await whole(rows, MediaType.CSV, columns=["b.c", "a", "b.d", "x.y"])
    assert text == "b.c,a,b.d,x.y\r\n'=x,1,[1],\r\n,,,2\r\n"


async def test_a_row_with_more_columns_than_the_first_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="The first row has no b, c"):
        await whole([{"a": 1}, {"a": 1, "c": 2, "b": 3}], MediaType.CSV)


@pytest.mark.parametrize(
    ("media_type", "options", "text"),
    [
        (MediaType.CSV, {}, ""),
        (MediaType.CSV, {"columns": ["a", "b,c"]}, 'a,"b,c"\r\n'),
        (MediaType.JSON, {}, "[]\n"),
        (MediaType.NDJSON, {}, ""),
    ],
)
async def test_no_rows_make_a_file_too(media_type: MediaType, options: Any, text: str) -> None:
    assert await whole([], media_type, **options) == text


async def test_json_is_json() -> None:
    rows = [{"a": float("nan"), "b": 2**70}, {"c": "\u2028é"}]
    expected = [{"a": None, "b": 2**70}, {"c": "\u2028é"}]
    assert json.loads(await whole(rows, MediaType.JSON)) == expected
    lines = (await whole(rows, MediaType.NDJSON)).split("\n")
    assert [json.loads(line) for line in lines[:-1]] == expected


@pytest.mark.parametrize("media_type", MediaType)
async def test_chunks_leave_as_they_are_full(media_type: MediaType) -> None:
    asked = 0

    async def rows() -> AsyncIterator[dict[str, str]]:
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield {"a": "x" * 1000}

    chunks = write_rows(rows(), media_type)
    first = await anext(chunks)
    assert 65_536 <= len(first) < 70_000
    assert asked < 70, "the first chunk leaves before the last row is read"
    assert len([chunk async for chunk in chunks]) < 20
