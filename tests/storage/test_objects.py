"""Keys and content types that may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.errors import ValidationError
from padstone.storage.objects import check_content_type, check_key


@pytest.mark.parametrize(
    "key", ["a", "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "folder/name.txt", "ü 漢", "a" * 1024]
)
def test_good_keys(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "empty"),
        ("/a", "slash"),
        ("a\nb", "control character"),
        ("a\0", "control character"),
        ("a\x85", "control character"),
        ("a/../b", "elsewhere"),
        (".", "elsewhere"),
        ("a" * 1025, "1024 bytes"),
        ("ü" * 513, "1024 bytes"),
        ("\ud800", "UTF-8"),
    ],
)
def test_bad_keys_are_named(key: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_key(key)
    (error,) = caught.value.errors
    assert error.field == "key"
    assert words in error.message


@given(st.text())
def test_a_key_is_good_or_named_bad(key: str) -> None:
    try:
        check_key(key)
    except ValidationError as error:
        assert error.errors[0].field == "key"
    else:
        assert 1 <= len(key.encode()) <= 1024


@pytest.mark.parametrize(
    "content_type",
    ["image/png", "text/plain; charset=utf-8", "application/vnd.api+json", "application/x-7z"],
)
def test_good_types(content_type: str) -> None:
    check_content_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    ["", "png", "image/", "image/png\r\nX: y", "image/p ng", "image/*", "ïmage/png", "a/b;\n"],
)
def test_bad_types_are_named(content_type: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_content_type(content_type)
    assert caught.value.errors[0].field == "content_type"
