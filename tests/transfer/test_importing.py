"""Good rows are written, bad ones are told, and what is undone leaves nothing behind."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.errors import (
    ConflictError,
    FieldError,
    UnavailableError,
    ValidationError,
)
from padstone.transfer import (
    Outcome,
    Row,
    RowModel,
    RowStatus,
    Tally,
    TransferMode,
    TransferReport,
    import_rows,
)

BEST, ALL = TransferMode.BEST_EFFORT, TransferMode.ALL_OR_NOTHING


class ThingCreate(BaseModel):
    name: str
    price: int = Field(default=0, le=1000)


CHECK = RowModel(ThingCreate)


async def rows(values: Iterable[dict[str, Any]]) -> AsyncIterator[Row]:
    for number, value in enumerate(values, start=1):
        yield Row(number, number + 1, value)


class Shelf:
    """Writes things, and counts how often it is asked."""

    def __init__(self, database: Database, thing: type[Any]) -> None:
        self.database = database
        self.thing = thing
        self.calls: list[int] = []

    def writer(self, session: AsyncSession) -> Callable[[Sequence[ThingCreate]], Any]:
        async def write(batch: Sequence[ThingCreate]) -> list[Outcome]:
            self.calls.append(len(batch))
            things = [self.thing(**value.model_dump()) for value in batch]
            session.add_all(things)
            await session.flush()
            return [Outcome(RowStatus.CREATED, str(thing.id)) for thing in things]

        return write

    async def take(
        self, values: Iterable[dict[str, Any]], mode: TransferMode, **options: Any
    ) -> TransferReport:
        tally = Tally(mode, most=options.pop("most", 100))
        async with self.database.session() as session:
            return await import_rows(
                session, rows(values), CHECK, self.writer(session), tally=tally, **options
            )

    async def names(self) -> list[str]:
        async with self.database.read_session() as session:
            return sorted(await session.scalars(select(self.thing.name)))


@pytest.fixture
def shelf(database: Database, thing: type[Any]) -> Shelf:
    return Shelf(database, thing)


def things(*numbers: int) -> list[dict[str, Any]]:
    return [{"name": f"thing {number:03}", "price": number} for number in numbers]


MIXED: list[dict[str, Any]] = [
    *things(1, 2),
    {"name": "thing 001", "price": 3},  # taken
    *things(4),
    {"name": "x", "price": -1},  # PostgreSQL refuses it
    {"name": 7},  # the model refuses it
    {"name": "a\0b"},  # PostgreSQL has no such text
    *things(8, 9),
]
GOOD = [f"thing {number:03}" for number in (1, 2, 4, 8, 9)]
BAD = [
    (3, "name", "already_exists"),
    (5, "", "validation_failed"),
    (6, "name", "string_type"),
    (7, "", "validation_failed"),
]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
async def test_the_good_rows_stay_and_the_bad_ones_are_told(shelf: Shelf, batch_size: int) -> None:
    report = await shelf.take(MIXED, BEST, batch_size=batch_size)
    assert (report.total, report.created, report.failed, report.skipped) == (9, 5, 4, 0)
    assert [(row.row, row.errors[0].field, row.errors[0].code) for row in report.rows] == BAD
    assert [row.line for row in report.rows] == [4, 6, 7, 8]
    assert await shelf.names() == GOOD


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
async def test_one_bad_row_undoes_all_and_all_bad_ones_are_told(
    shelf: Shelf, batch_size: int
) -> None:
    report = await shelf.take(MIXED, ALL, batch_size=batch_size)
    assert (report.total, report.created, report.failed, report.skipped) == (9, 0, 4, 5)
    assert [(row.row, row.errors[0].field, row.errors[0].code) for row in report.rows] == BAD
    assert await shelf.names() == []


async def test_all_good_rows_are_written_at_once(shelf: Shelf) -> None:
    report = await shelf.take(things(*range(250)), ALL)
    assert (report.created, report.failed, report.rows) == (250, 0, [])
    assert shelf.calls == [100, 100, 50]
    assert len(await shelf.names()) == 250


async def test_one_bad_row_costs_a_few_batches_and_not_every_row(shelf: Shelf) -> None:
    values = things(*range(128))
    values[77]["price"] = -1
    report = await shelf.take(values, BEST, batch_size=128)
    assert (report.created, report.failed) == (127, 1)
    assert len(shelf.calls) == 1 + 2 * 7


async def test_after_a_batch_with_many_bad_rows_the_next_is_taken_one_by_one(shelf: Shelf) -> None:
    bad = [{"name": f"bad {number}", "price": -1} for number in range(3)]
    values = [*bad, *things(0), *bad, *things(1), *things(2, 3, 4, 5), *bad, *things(6)]
    report = await shelf.take(values, BEST, batch_size=4)
    assert (report.created, report.failed) == (7, 9)
    assert shelf.calls == [4, 2, 1, 1, 2, 1, 1, 4, 1, 1, 1, 1, 4, 4, 2, 1, 1, 2, 1, 1]


async def test_what_the_transaction_did_before_is_not_undone(shelf: Shelf) -> None:
    async with shelf.database.session() as session:
        session.add(shelf.thing(name="before"))
        await session.flush()
        write = shelf.writer(session)
        await import_rows(session, rows(MIXED), CHECK, write, tally=Tally(ALL))
        session.add(shelf.thing(name="after"))
    assert await shelf.names() == ["after", "before"]


async def test_the_report_is_short_and_its_counts_right(shelf: Shelf) -> None:
    values = [{"name": number} for number in range(500)]
    report = await shelf.take([*values, *things(1)], BEST, most=3)
    assert (report.total, report.failed, report.created) == (501, 500, 1)
    assert [row.row for row in report.rows] == [1, 2, 3]


async def test_a_writer_may_tell_of_each_row_itself(shelf: Shelf) -> None:
    async def write(batch: Sequence[ThingCreate]) -> list[Outcome]:
        error = FieldError("name", "is not ours", "foreign")
        return [
            Outcome(RowStatus.UPDATED, "t1"),
            Outcome(RowStatus.UNCHANGED, "t2"),
            Outcome(RowStatus.FAILED, errors=[error]),
        ]

    tally = Tally(BEST, every_row=True)
    async with shelf.database.session() as session:
        report = await import_rows(session, rows(things(1, 2, 3)), CHECK, write, tally=tally)
    assert [(row.status, row.id) for row in report.rows] == [
        ("updated", "t1"),
        ("unchanged", "t2"),
        ("failed", None),
    ]
    assert report.rows[2].errors[0].code == "foreign"


async def test_a_writer_that_loses_rows_is_a_defect(shelf: Shelf) -> None:
    async def write(batch: Sequence[ThingCreate]) -> list[Outcome]:
        return []

    async with shelf.database.session() as session:
        with pytest.raises(ValueError, match="zip"):
            await import_rows(session, rows(things(1)), CHECK, write, tally=Tally(BEST))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConflictError("It is sold."), ("", "It is sold.", "conflict")),
        (ValidationError(errors=[FieldError("price", "odd", "odd")]), ("price", "odd", "odd")),
    ],
)
async def test_an_error_of_the_domain_is_a_matter_of_its_row(
    shelf: Shelf, error: Exception, told: tuple[str, str, str]
) -> None:
    async def write(batch: Sequence[ThingCreate]) -> list[Outcome]:
        if any(value.price == 2 for value in batch):
            raise error
        return [Outcome(RowStatus.CREATED, value.name) for value in batch]

    async with shelf.database.session() as session:
        report = await import_rows(session, rows(things(1, 2, 3)), CHECK, write, tally=Tally(BEST))
    assert report.created == 2
    (failed,) = report.rows
    assert (failed.row, tuple(failed.errors[0].model_dump().values())) == (2, told)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", DBAPIError),
        ("SELECT no_such_column", DBAPIError),
    ],
)
async def test_what_no_row_is_to_blame_for_ends_the_import(
    shelf: Shelf, statement: str, kind: type[Exception]
) -> None:
    calls = 0

    async with shelf.database.session() as session:

        async def write(batch: Sequence[ThingCreate]) -> list[Outcome]:
            nonlocal calls
            calls += 1
            await session.execute(text(statement))
            return []

        with pytest.raises(kind):
            await import_rows(session, rows(things(1, 2)), CHECK, write, tally=Tally(BEST))
        await session.rollback()
    assert calls == 1


async def test_a_service_that_does_not_answer_ends_the_import(shelf: Shelf) -> None:
    def check(row: Row) -> Row:
        raise UnavailableError

    async with shelf.database.session() as session:
        with pytest.raises(UnavailableError):
            await import_rows(
                session, rows(things(1)), check, shelf.writer(session), tally=Tally(BEST)
            )


async def test_no_rows_are_all_good(shelf: Shelf) -> None:
    report = await shelf.take([], ALL)
    assert (report.total, report.is_written) == (0, True)
