"""What ETags say, and what clients say of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.errors import PreconditionFailedError, ValidationError
from padstone.resource import Revisions, etag_of
from padstone.resource.revisions import parse_if_match, parse_if_none_match


class Row:
    def __init__(self, revision: int) -> None:
        self.revision = revision


@given(st.integers(0, 10**17))
def test_a_tag_comes_back_as_its_revision(revision: int) -> None:
    seen = parse_if_match(etag_of(Row(revision)))
    assert seen is not None
    seen.require(revision)
    with pytest.raises(PreconditionFailedError):
        seen.require(revision + 1)


def test_what_has_no_revision_has_no_tag() -> None:
    assert etag_of(object()) is None
    assert parse_if_match(None) is None
    assert parse_if_none_match(None) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('"1"', {1}),
        ('"1","2" , "3"', {1, 2, 3}),
        ('W/"1", "2"', {2}),
        ('"x"', set()),
        ('""', set()),
        ('"٣"', set()),
        (f'"{10**40}"', set()),
    ],
)
def test_a_weak_tag_never_matches_a_change(text: str, numbers: set[int]) -> None:
    assert parse_if_match(text) == Revisions(frozenset(numbers))


def test_a_weak_tag_is_known_all_the_same() -> None:
    assert parse_if_none_match('W/"1"') == Revisions(frozenset({1}))
    assert parse_if_match(" * ") == Revisions(any=True)
    assert 7 in Revisions(any=True)


@given(st.text(max_size=20))
def test_anything_else_is_refused(text: str) -> None:
    try:
        parse_if_match(text)
    except ValidationError as refusal:
        assert [error.field for error in refusal.errors] == ["header.If-Match"]
