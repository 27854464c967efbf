"""Which forms are read, and which are refused."""

import pytest

from padstone.errors import UnsupportedMediaError
from padstone.transfer import MediaType


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("text/csv", MediaType.CSV),
        ("Text/CSV; header=present; charset=UTF-8", MediaType.CSV),
        ('text/csv; charset="utf8"', MediaType.CSV),
        ("application/json", MediaType.JSON),
        ("application/x-ndjson", MediaType.NDJSON),
        ("application/ndjson", MediaType.NDJSON),
    ],
)
def test_a_header_names_a_form(header: str, media_type: MediaType) -> None:
    assert MediaType.of(header) is media_type


@pytest.mark.parametrize("header", ["", "csv", "text/plain", "application/vnd.ms-excel", "\u00e4"])
def test_any_other_form_is_refused_with_those_that_are_read(header: str) -> None:
    with pytest.raises(UnsupportedMediaError, match="text/csv, application/json"):
        MediaType.of(header)


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "windows-1252"])
def test_another_charset_is_refused(charset: str) -> None:
    with pytest.raises(UnsupportedMediaError, match="Only UTF-8"):
        MediaType.of(f"text/csv; charset={charset}")
