"""CSV as RFC 4180 has it and as spreadsheets write it, wherever a chunk ends."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.transfer import Limits, UnreadableFileError, read_rows
from padstone.transfer.cells import ABSENT, read_cell

SIZES = [1, 2, 3, 7, 1 << 20]

FILE = (
    '\ufeffname;note;address.city\r\n"Ä";"two\r\nlines; ""quoted""";"Köln"\r\n'
    '\r\n5" pipe;\'=1;\r\nonly one\r\n"a"b;c;d\r\nlast;\\N;\''
)
ROWS: list[tuple[int, int, Any]] = [
    (1, 2, {"name": "Ä", "note": 'two\r\nlines; "quoted"', "address": {"city": "Köln"}}),
    (2, 5, {"name": '5" pipe', "note": "=1"}),
    (3, 6, "wrong_number_of_cells"),
    (4, 7, "malformed_row"),
    (5, 8, {"name": "last", "note": None, "address": {"city": ""}}),
]


@pytest.mark.parametrize("size", SIZES)
async def test_rows_come_out_wherever_a_chunk_ends(read: Any, size: int) -> None:
    rows = await read(FILE, size=size)
    found = [
        (row.number, row.line, row.errors[0].code if row.errors else row.values) for row in rows
    ]
    assert found == ROWS
    assert all(row.is_text for row in rows if not row.errors)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_the_header_tells_the_delimiter(read: Any, delimiter: str, end: str) -> None:
    data = end.join(delimiter.join(cells) for cells in [('"a,;"', " b "), ("1", "2"), ("", "x")])
    first, second = await read(data, size=2)
    assert (first.values, second.values) == ({"a,;": "1", "b": "2"}, {"b": "x"})


@given(
    st.lists(st.lists(st.text(alphabet="a,;\t\"\r\n'=é"), min_size=2, max_size=2), max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.integers(1, 9),
)
async def test_what_pythons_writer_writes_is_read(
    rows: list[list[str]], delimiter: str, size: int
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    data = file.getvalue().encode()

    async def chunks() -> Any:
        for at in range(0, len(data), size):
            yield data[at : at + size]

    read = [row.values async for row in read_rows(chunks(), "text/csv")]
    expected = [
        {
            name: read_cell(cell)
            for name, cell in zip("ab", row, strict=True)
            if read_cell(cell) is not ABSENT
        }
        for row in rows
    ]
    assert read == expected


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "is empty"),
        ("\r\n\n", "is empty"),
        ("a,,b\n", "Column 2 has no name"),
        ("a,b.\n", "Column 2 has no name"),
        ("a,b,a\n", "Column 3 has the name of an earlier one"),
        ("a.b,a\n", "Column 2 is a value and an object too"),
        ('"a"b,c\n', "The header has text behind a closing quote"),
        ('"a,c\n1,2\n', "never closed"),
    ],
)
async def test_a_header_that_cannot_be_used_ends_the_reading(
    read: Any, data: str, words: str
) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        await read(data)


@pytest.mark.parametrize("size", SIZES)
async def test_a_quote_that_is_never_closed_is_told_with_its_line(read: Any, size: int) -> None:
    good, bad = await read('a,b\n1,2\n3,"4\n5,6\n7,8\n', size=size)
    assert good.values == {"a": "1", "b": "2"}
    assert (bad.number, bad.line, bad.errors[0].code) == (2, 3, "unclosed_quote")
    assert "the rest of the file is not read" in bad.errors[0].message


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "long",
    [
        "x" * 50 + ",2",
        '"' + "x" * 50 + '",2',
        '"' + "x\n" * 50 + '",2',
        '"' + 'x""\n' * 50 + 'x""",2',
        '"x\n' + "x" * 50 + '\n",2',
        '"x\n' + "x" * 50 + '",2',
    ],
)
async def test_a_row_that_is_too_long_does_not_end_the_reading(
    read: Any, size: int, long: str
) -> None:
    rows = await read(f"a,b\n1,2\n{long}\n3,4\n", size=size, limits=Limits(row_size=40))
    assert [row.values for row in rows] == [{"a": "1", "b": "2"}, {}, {"a": "3", "b": "4"}]
    assert (rows[1].line, rows[1].errors[0].code) == (3, "row_too_long")
    assert rows[2].line == 3 + long.count("\n") + 1


async def test_a_header_that_is_too_long_ends_the_reading(read: Any) -> None:
    with pytest.raises(UnreadableFileError, match="header is too long"):
        await read("a" * 50 + "\n1\n", limits=Limits(row_size=40))


async def test_one_empty_cell_is_a_row_and_an_empty_line_is_none(read: Any) -> None:
    assert [row.values for row in await read('a\n\n""\n1\n')] == [{}, {"a": "1"}]


async def test_no_error_repeats_a_value(read: Any) -> None:
    rows = await read('a,b\nsecret\n"secret"x,1\nx,"secret')
    assert len(rows) == 3
    assert "secret" not in repr(rows)
