"""JSON arrays and one object a line, wherever a chunk ends."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.transfer import Limits, UnreadableFileError, read_rows

JSON, NDJSON = "application/json", "application/x-ndjson; charset=UTF-8"
SIZES = [1, 2, 3, 7, 1 << 20]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\[]{},:\n é'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(alphabet='ab"]}', max_size=3), VALUES), max_size=6)


async def read_all(data: bytes, size: int, content_type: str) -> list[Any]:
    async def chunks() -> Any:
        for at in range(0, len(data), size):
            yield data[at : at + size]

    return [row.values async for row in read_rows(chunks(), content_type)]


@given(OBJECTS, st.integers(1, 9), st.sampled_from([None, 1]), st.booleans())
async def test_any_array_of_objects_is_read(
    objects: list[Any], size: int, indent: int | None, escape: Any
) -> None:
    data = json.dumps(objects, indent=indent, ensure_ascii=escape).encode()
    assert await read_all(data, size, JSON) == objects


@given(OBJECTS, st.integers(1, 9))
async def test_any_objects_in_lines_are_read(objects: list[Any], size: int) -> None:
    data = b"".join(json.dumps(one).encode() + b"\r\n" for one in objects)
    assert await read_all(data, size, NDJSON) == objects


@pytest.mark.parametrize("size", SIZES)
async def test_a_broken_row_does_not_end_an_array(read: Any, size: int) -> None:
    data = '[{"a":1},\n\n {"a": tru}, 5,\n[{}], {"a":NaN},, {"b":"]\\"},"}\n,]\n'
    rows = await read(data, JSON, size=size)
    found = [
        (row.number, row.line, row.errors[0].code if row.errors else row.values) for row in rows
    ]
    assert found == [
        (1, 1, {"a": 1}),
        (2, 3, "malformed_row"),
        (3, 3, "not_an_object"),
        (4, 4, "not_an_object"),
        (5, 4, "malformed_row"),
        (6, 4, "malformed_row"),
        (7, 4, {"b": ']"},'}),
        (8, 5, "malformed_row"),
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_broken_row_does_not_end_lines(read: Any, size: int) -> None:
    data = '\ufeff{"a":1}\n\n{"a":\n[1]\r\n{"b":"\u2028"}'
    rows = await read(data, NDJSON, size=size)
    found = [
        (row.number, row.line, row.errors[0].code if row.errors else row.values) for row in rows
    ]
    assert found == [
        (1, 1, {"a": 1}),
        (2, 3, "malformed_row"),
        (3, 4, "not_an_object"),
        (4, 5, {"b": "\u2028"}),
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "must be a JSON array"),
        (" \n ", "must be a JSON array"),
        ("null", "must be a JSON array"),
        ('"a"', "must be a JSON array"),
        ('{"a":1}', "application/x-ndjson"),
        ("1[{}]", "must be a JSON array"),
        ('[{"a":1},\n{"b":2}', "never closed: the file ends within it, in line 2"),
        ('[{"a":"x]', "never closed"),
        ('["\\', "never closed"),
        ("[]]", "Something stands behind the array, in line 1"),
        ("[] []", "Something stands behind the array"),
        ("]", "A bracket in line 1 closes nothing"),
        ("[\n}", "A bracket in line 2 closes nothing"),
        ('[{"a":]},{}]', "A bracket in line 1 closes nothing"),
    ],
)
async def test_what_is_no_array_is_refused(read: Any, data: str, words: str, size: int) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        await read(data, JSON, size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ('[{"a":1}, {"b":"' + "],{" * 50 + '"},\n {"c":3}]', JSON),
        ('{"a":1}\n{"b":"' + "],{" * 50 + '"}\n{"c":3}', NDJSON),
    ],
)
async def test_a_row_that_is_too_long_does_not_end_the_reading(
    read: Any, data: str, content_type: str, size: int
) -> None:
    rows = await read(data, content_type, size=size, limits=Limits(row_size=40))
    assert [row.values for row in rows] == [{"a": 1}, {}, {"c": 3}]
    assert rows[1].errors[0].code == "row_too_long"


@pytest.mark.parametrize("content_type", [JSON, NDJSON])
async def test_a_deep_row_is_a_broken_one(read: Any, content_type: str) -> None:
    deep = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
    (row,) = await read(f"[{deep}]" if content_type == JSON else deep, content_type)
    assert row.errors[0].code == "malformed_row"


async def test_no_error_repeats_a_value(read: Any) -> None:
    rows = await read('["secret", {"a": secret}]', JSON)
    assert len(rows) == 2
    assert "secret" not in repr(rows)
