import pytest
from answers import alike

ROW = {"id": "1", "created_at": "2026-01-01T00:00:00Z", "category": {"name": "Pans"}}


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        (ROW, True),
        (ROW | {"created_at": "2026-01-01T00:00:00.000+00:00"}, True),
        (ROW | {"created_at": "2026-01-01T01:00:00+01:00"}, True),
        (ROW | {"created_at": "2026-01-01T00:00:00.001Z"}, False),
        (ROW | {"id": "2"}, False),
        (ROW | {"category": {"name": "Pots"}}, False),
        (ROW | {"more": None}, False),
        ({}, False),
        ([ROW], False),
    ],
)
def test_rows_are_compared_field_by_field(theirs: object, *, same: bool) -> None:
    assert alike(ROW, theirs) is same


def test_what_was_written_has_its_own_id_and_times() -> None:
    theirs = ROW | {"id": "2", "created_at": "2026-02-02T00:00:00Z"}
    assert alike(ROW, theirs, is_written=True)
    assert not alike(ROW, theirs | {"id": None}, is_written=True)
    assert not alike(ROW, theirs | {"category": None}, is_written=True)


def test_a_cursor_is_there_or_not() -> None:
    page = {"items": [ROW], "next_cursor": "ours"}
    assert alike(page, page | {"next_cursor": "theirs"})
    assert not alike(page, page | {"next_cursor": None})
    assert not alike(page, page | {"items": []})
