"""Cursors: what is written comes back, and nothing else is ever read."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from padstone.pages import BadCursorError, CursorSigner

SIGNER = CursorSigner(SecretStr("k" * 40))
CONTEXT = ["things", "owner-1", [("things.id", "asc")]]

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(),
    st.uuids(),
)


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_values_come_back_with_their_types(values: list[object]) -> None:
    cursor = SIGNER.write(values, context=CONTEXT)
    read = SIGNER.read(cursor, context=CONTEXT)
    assert read == values
    assert [type(value) for value in read] == [type(value) for value in values]


def test_a_datetime_keeps_its_microseconds_and_its_offset() -> None:
    value = datetime(2026, 11, 5, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    (read,) = SIGNER.read(SIGNER.write([value], context=CONTEXT), context=CONTEXT)
    assert (read, read.microsecond, read.utcoffset()) == (value, 123456, timedelta(hours=5))


def test_a_cursor_fits_into_a_url_as_it_is() -> None:
    cursor = SIGNER.write([UUID(int=2**128 - 1), date(2026, 1, 2), Decimal("1.50")], context=[])
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("at", range(0, 60, 3))
@pytest.mark.parametrize("mask", [1, 128])
def test_a_changed_bit_is_refused(at: int, mask: int) -> None:
    cursor = SIGNER.write(["a", 1], context=CONTEXT)
    token = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    token[at % len(token)] ^= mask
    forged = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    with pytest.raises(BadCursorError):
        SIGNER.read(forged, context=CONTEXT)


@given(st.text())
def test_no_text_of_a_stranger_is_read(text: str) -> None:
    with pytest.raises(BadCursorError):
        SIGNER.read(text, context=CONTEXT)


@pytest.mark.parametrize("suffix", ["=", "==", "\n", " ", "A", "!", "%00"])
def test_a_place_has_one_cursor_only(suffix: str) -> None:
    cursor = SIGNER.write(["a", 1], context=CONTEXT)
    with pytest.raises(BadCursorError):
        SIGNER.read(cursor + suffix, context=CONTEXT)


def test_spare_bits_of_the_last_character_are_refused() -> None:
    # One byte more or less moves the padding, so that one of these has spare bits.
    cursors = [SIGNER.write(["a" * size], context=CONTEXT) for size in range(3)]
    cursor = next(cursor for cursor in cursors if len(cursor) % 4)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = cursor[:-1] + alphabet[alphabet.index(cursor[-1]) ^ 1]
    padding = "=" * (-len(cursor) % 4)
    assert base64.urlsafe_b64decode(other + padding) == base64.urlsafe_b64decode(cursor + padding)
    with pytest.raises(BadCursorError):
        SIGNER.read(other, context=CONTEXT)


@pytest.mark.parametrize(
    "context",
    [
        ["other", "owner-1", [("things.id", "asc")]],
        ["things", "owner-2", [("things.id", "asc")]],
        ["things", "owner-1", [("things.id", "desc")]],
        ["things", "owner-1", "filtered", [("things.id", "asc")]],
        ["things", ["owner-1"], [("things.id", "asc")]],
        [],
    ],
)
def test_a_cursor_of_another_list_is_refused(context: list[object]) -> None:
    with pytest.raises(BadCursorError) as caught:
        SIGNER.read(SIGNER.write(["a"], context=CONTEXT), context=context)
    assert caught.value.code == "bad_cursor"
    (error,) = caught.value.errors
    assert error.field == "query.cursor"
    assert "start again without it" in error.message


def test_a_cursor_of_another_secret_is_refused() -> None:
    with pytest.raises(BadCursorError):
        SIGNER.read(
            CursorSigner(SecretStr("x" * 40)).write(["a"], context=CONTEXT), context=CONTEXT
        )


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("value", [1.5j, b"x", object(), timedelta(1), Colour.RED])
def test_other_types_are_a_programmer_s_mistake(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        SIGNER.write([value], context=CONTEXT)
