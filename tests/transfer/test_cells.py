"""What a spreadsheet would compute is written as a text, and every value comes back as it was."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from padstone.transfer.cells import ABSENT, NULL, read_cell, write_cell

TEXTS = st.text() | st.text(alphabet="'=+-@\t\r\n \\N\u00a0\ufeff\u200b\uff1d1a")


class Colour(StrEnum):
    RED = "red"


class Sign(Enum):
    FORMULA = "=1+1"


class Level(IntEnum):
    LOW = -1


@given(TEXTS)
@example("")
@example("'")
@example("'''=")
@example(r"\N")
@example(r"''\N")
@example("'tis")
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert read_cell(write_cell(text)) == text


@given(TEXTS)
def test_no_text_is_a_formula(text: str) -> None:
    # What OWASP names, after anything that a spreadsheet may skip.
    computed = re.compile(r"[\s\0-\x20\u200b\ufeff]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
    cell = write_cell(text)
    assert not computed.match(cell)
    assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "\nx", "  =1", "\u00a0=1", "\ufeff=1",
        "\u200b=1", "\x00=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", " \t x", "'=1", "'''@x",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_computes_gets_an_apostrophe(text: str) -> None:
    assert write_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["1=1", "a-b", "a@b.example", "'tis", "x'", "\\n", "\\NN", "ä"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert (write_cell(text), read_cell(text)) == (text, text)


def test_an_empty_cell_is_absent() -> None:
    assert read_cell("") is ABSENT


def test_null_and_the_empty_text_have_cells_of_their_own() -> None:
    assert read_cell(NULL) is None
    assert read_cell("'") == ""
    assert read_cell(r"'\N") == r"\N"
    assert (write_cell(None), write_cell(None, null=NULL), write_cell("")) == ("", NULL, "'")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, "-5"),
        (-5.5, "-5.5"),
        (Decimal("-1.50"), "-1.50"),
        (True, "true"),
        (False, "false"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00Z"),
        (["=1", 2], '["=1",2]'),
        ({"a": None}, '{"a":null}'),
        (Colour.RED, "red"),
        (Sign.FORMULA, "'=1+1"),
        (Level.LOW, "-1"),
    ],
)
def test_what_is_no_text_is_written_bare(value: object, cell: str) -> None:
    assert write_cell(value) == cell


@pytest.mark.parametrize("character", ["'", " ", "\u200b", "\x00"])
def test_a_long_row_of_them_takes_no_time(character: str) -> None:
    # It would take years if the pattern tried every way to part them.
    text = character * 100_000 + "x"
    assert read_cell("'" + text) == "'" + text
