"""What became of the rows: a verdict for each, and counts that are right however many there are."""

from collections import Counter
from enum import StrEnum

from pydantic import BaseModel, Field

from padstone.problems import ErrorItem

__all__ = ["RowReport", "RowStatus", "Tally", "TransferMode", "TransferReport"]


class TransferMode(StrEnum):
    """What one bad row means for the others."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


class RowStatus(StrEnum):
    """``skipped`` is a good row that is not written because another one is bad."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


class RowReport(BaseModel):
    """What became of one row."""

    row: int = Field(description="The row's number; the first is 1.", examples=[1])
    line: int | None = Field(
        None, description="The line of the file in which the row begins.", examples=[2]
    )
    status: RowStatus = Field(description="What became of the row.")
    id: str | None = Field(
        None, description="The resource that the row created or changed, or would have changed."
    )
    errors: list[ErrorItem] = Field(
        default_factory=list,
        description="What is wrong with the row; `field` is empty where it is the whole row.",
    )


class TransferReport(BaseModel):
    """What became of all rows."""

    mode: TransferMode = Field(description="What one bad row means for the others.")
    total: int = Field(description="How many rows there were.", examples=[3])
    created: int = Field(description="How many rows made a resource.", examples=[2])
    updated: int = Field(description="How many rows changed a resource.", examples=[1])
    unchanged: int = Field(
        description="How many rows found a resource that is so already.", examples=[0]
    )
    failed: int = Field(description="How many rows have errors.", examples=[0])
    skipped: int = Field(
        description="How many good rows were not written because of others.", examples=[0]
    )
    rows: list[RowReport] = Field(
        description="Single rows, in their order; there may be more failed ones than are here.",
        examples=[[]],
    )

    @property
    def is_written(self) -> bool:
        """Whether anything of it stays written."""
        return self.failed == 0 or self.mode is TransferMode.BEST_EFFORT


class Tally:
    """Counts verdicts as they come, and keeps those that are spelled out.

    Kept are ``most`` failed rows, or with ``every_row`` the first ``most`` rows of any status.
    """

    def __init__(self, mode: TransferMode, *, most: int = 100, every_row: bool = False) -> None:
        self._mode = mode
        self._most = most
        self._every_row = every_row
        self._counts: Counter[RowStatus] = Counter()
        self._rows: list[RowReport] = []

    @property
    def failed(self) -> int:
        """How many rows have failed so far."""
        return self._counts[RowStatus.FAILED]

    def add(self, report: RowReport) -> None:
        """Takes one row's verdict into account."""
        self._counts[report.status] += 1
        if len(self._rows) < self._most and (self._every_row or report.status is RowStatus.FAILED):
            self._rows.append(report)

    def report(self) -> TransferReport:
        """The verdicts so far. Where one failure undoes all, what was written counts as skipped."""
        counts, rows = dict(self._counts), self._rows
        if self.failed and self._mode is TransferMode.ALL_OR_NOTHING:
            counts = {
                RowStatus.FAILED: self.failed,
                RowStatus.SKIPPED: self._counts.total() - self.failed,
            }
            rows = [_undone(row) for row in rows]
        return TransferReport(
            mode=self._mode,
            total=self._counts.total(),
            rows=sorted(rows, key=lambda row: row.row),
            **{status: counts.get(status, 0) for status in RowStatus},
        )


def _undone(row: RowReport) -> RowReport:
    if row.status is RowStatus.FAILED:
        return row
    is_new = row.status is RowStatus.CREATED
    return row.model_copy(update={"status": RowStatus.SKIPPED, "id": None if is_new else row.id})
