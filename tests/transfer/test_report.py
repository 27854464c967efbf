"""Counts are right however many rows there are, and the report stays short."""

import pytest

from padstone.transfer import RowReport, RowStatus, Tally, TransferMode


def verdict(row: int, status: RowStatus) -> RowReport:
    return RowReport(row=row, status=status, id=None if status is RowStatus.FAILED else f"t{row}")


STATUSES = [
    RowStatus.CREATED,
    RowStatus.FAILED,
    RowStatus.UPDATED,
    RowStatus.UNCHANGED,
    RowStatus.FAILED,
    RowStatus.CREATED,
    RowStatus.SKIPPED,
]


def tally(mode: TransferMode, **options: object) -> Tally:
    tally = Tally(mode, **options)  # type: ignore[arg-type]  # the test's own options
    for number, status in enumerate(STATUSES, start=1):
        tally.add(verdict(number, status))
    return tally


def test_every_row_is_counted_once() -> None:
    report = tally(TransferMode.BEST_EFFORT).report()
    counts = report.model_dump(exclude={"rows", "mode"})
    assert counts == {
        "total": 7, "created": 2, "updated": 1, "unchanged": 1, "failed": 2, "skipped": 1,
    }  # fmt: skip
    assert [row.row for row in report.rows] == [2, 5]
    assert report.is_written


@pytest.mark.parametrize(("most", "spelled_out"), [(0, []), (1, [2]), (2, [2, 5]), (9, [2, 5])])
def test_no_more_failed_rows_than_asked_are_spelled_out(most: int, spelled_out: list[int]) -> None:
    report = tally(TransferMode.BEST_EFFORT, most=most).report()
    assert ([row.row for row in report.rows], report.failed) == (spelled_out, 2)


def test_every_row_is_spelled_out_where_asked_in_order() -> None:
    tally = Tally(TransferMode.BEST_EFFORT, every_row=True, most=3)
    for number in (2, 1, 4, 3):
        tally.add(verdict(number, RowStatus.CREATED))
    assert [(row.row, row.id) for row in tally.report().rows] == [(1, "t1"), (2, "t2"), (4, "t4")]
    assert tally.report().total == 4


def test_one_failure_undoes_all_where_all_or_nothing_was_asked() -> None:
    report = tally(TransferMode.ALL_OR_NOTHING, every_row=True).report()
    assert not report.is_written
    counts = report.model_dump(exclude={"rows", "mode"})
    assert counts == {
        "total": 7, "created": 0, "updated": 0, "unchanged": 0, "failed": 2, "skipped": 5,
    }  # fmt: skip
    assert {row.status for row in report.rows} == {RowStatus.FAILED, RowStatus.SKIPPED}
    # The id of a row that is not there would lead nowhere; the one of a row that is, still leads.
    assert [row.id for row in report.rows] == [None, None, "t3", "t4", None, None, "t7"]


def test_all_is_written_where_nothing_failed() -> None:
    tally = Tally(TransferMode.ALL_OR_NOTHING)
    tally.add(verdict(1, RowStatus.CREATED))
    assert (tally.report().created, tally.report().is_written) == (1, True)
