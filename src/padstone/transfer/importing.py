"""Rows into the database, in batches, and a verdict for each."""

from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import translate
from padstone.errors import FieldError, PadstoneError, UnavailableError
from padstone.problems import ErrorItem
from padstone.transfer.report import RowReport, RowStatus, Tally, TransferReport
from padstone.transfer.row import Row

__all__ = ["Outcome", "Write", "import_rows"]

T = TypeVar("T")

_FEW = 25  # one bad row in so many or more, by measurement


class Outcome(NamedTuple):
    """What became of one value; ``id`` is the resource's, as people see it."""

    status: RowStatus
    id: str | None = None
    errors: Sequence[FieldError] = ()


Write = Callable[[Sequence[T]], Awaitable[Sequence[Outcome]]]
"""Writes a batch through the session of the import, and tells of each value in its order.

It may be called again with a part of a batch that was undone. What it raises of
``padstone.errors``, or PostgreSQL refuses, is a matter of the rows; anything else, and a database
that does not answer, ends the import.
"""


async def import_rows(
    session: AsyncSession,
    rows: AsyncIterable[Row],
    check: Callable[[Row], T],
    write: Write[T],
    *,
    tally: Tally,
    batch_size: int = 100,
) -> TransferReport:
    """Checks each row, writes the good ones, and reports on all. The caller commits.

    ``check`` is a ``RowModel``, or any function that raises errors of ``padstone.errors``. With
    ALL_OR_NOTHING every row is tried, so that the report is complete, and one failure undoes
    everything. With BEST_EFFORT the good rows stay.
    """
    work = _Import(session, check, write, tally)
    async with session.begin_nested() as everything:
        await work.take(rows, batch_size)
        report = tally.report()
        if not report.is_written:
            await everything.rollback()
    return report


class _Import(Generic[T]):
    def __init__(
        self, session: AsyncSession, check: Callable[[Row], T], write: Write[T], tally: Tally
    ) -> None:
        self._session = session
        self._check = check
        self._write = write
        self._tally = tally
        self._few_are_bad = True

    async def take(self, rows: AsyncIterable[Row], batch_size: int) -> None:
        batch: list[tuple[Row, T]] = []
        async for row in rows:
            try:
                batch.append((row, self._check(row)))
            except PadstoneError as error:
                self._fail(row, _refusal(error))
            if len(batch) == batch_size:
                await self._take_batch(batch)
                batch = []
        if batch:
            await self._take_batch(batch)

    async def _take_batch(self, batch: Sequence[tuple[Row, T]]) -> None:
        failed_before = self._tally.failed
        await self._put(batch)
        failed = self._tally.failed - failed_before
        self._few_are_bad = failed * _FEW <= len(batch)

    async def _put(self, batch: Sequence[tuple[Row, T]]) -> None:
        """Writes a batch; where it is refused, parts of it, down to the rows that are to blame.

        A savepoint around each row costs every good row two more round trips, thirty times the
        time of a batch of 100. So few bad rows are searched for by halves; where there were many
        in the batch before, one by one is the shorter way.
        """
        try:
            async with self._session.begin_nested():
                outcomes = await self._write([value for _, value in batch])
        except (PadstoneError, SQLAlchemyError) as error:
            refusal = _refusal(error)
            if len(batch) == 1:
                self._fail(batch[0][0], refusal)
                return
        else:
            for (row, _), outcome in zip(batch, outcomes, strict=True):
                self._tally.add(_report(row, outcome))
            return
        size = len(batch) // 2 if self._few_are_bad else 1
        for at in range(0, len(batch), size):
            await self._put(batch[at : at + size])

    def _fail(self, row: Row, error: PadstoneError) -> None:
        errors = error.errors or (FieldError("", error.detail, error.code),)
        self._tally.add(_report(row, Outcome(RowStatus.FAILED, errors=errors)))


def _refusal(error: PadstoneError | SQLAlchemyError) -> PadstoneError:
    """``error`` as something that is wrong with the rows; raised again where it is not."""
    known = translate(error) if isinstance(error, SQLAlchemyError) else error
    if known is None or isinstance(known, UnavailableError):
        raise error
    return known


def _report(row: Row, outcome: Outcome) -> RowReport:
    return RowReport(
        row=row.number,
        line=row.line,
        status=outcome.status,
        id=outcome.id,
        errors=[
            ErrorItem(field=error.field, message=error.message, code=error.code)
            for error in outcome.errors
        ],
    )
