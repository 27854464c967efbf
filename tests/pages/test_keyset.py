"""Keyset paging: every walk yields the whole list, whatever happens on the way."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, func, insert, select, text
from sqlalchemy.orm import aliased

from padstone.db import Database
from padstone.ids import new_id
from padstone.pages import BadCursorError, CursorParams, CursorSigner, Direction, paginate
from padstone.testing.queries import QueryCounter

from .conftest import Thing

Order = list[tuple[str, Direction]]

ROWS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["", "a", "B", "ä", "zz"]),
        "rank": st.integers(-1, 1),
        "note": st.sampled_from([None, "x", "Y", "ü"]),
        "price": st.sampled_from([None, Decimal("1.50"), Decimal(-2)]),
        "seen": st.sampled_from(
            [None, datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
        ),
        "day": st.sampled_from([None, date(2026, 2, 28), date(2026, 3, 1)]),
        "ready": st.booleans(),
    }
)
COLUMNS = ["name", "rank", "note", "price", "seen", "day", "ready"]
ORDERS = st.lists(
    st.tuples(st.sampled_from(COLUMNS), st.sampled_from(["asc", "desc"])),
    max_size=3,
    unique_by=lambda term: term[0],
)

Change = tuple[str, Any]
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), ROWS),
        st.tuples(st.just("delete"), st.integers(0, 30)),
    ),
    max_size=8,
)


def with_ids(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": new_id(), **row} for row in rows]


def in_order(rows: Iterable[dict[str, Any]], order: Order) -> list[UUID]:
    """What PostgreSQL should answer, by stable sorts from the last key to the first."""
    tie: Direction = order[-1][1] if order else "asc"
    found = sorted(rows, key=lambda row: row["id"], reverse=tie == "desc")
    for name, direction in reversed(order):
        filled = [row for row in found if row[name] is not None]
        filled.sort(key=lambda row: row[name], reverse=direction == "desc")
        found = filled + [row for row in found if row[name] is None]
    return [row["id"] for row in found]


class Walk:
    """One list, walked page by page."""

    def __init__(self, database: Database, signer: CursorSigner, order: Order, limit: int) -> None:
        self.database = database
        self.signer = signer
        self.order = [(getattr(Thing, name), direction) for name, direction in order]
        self.limit = limit
        self.cursor: str | None = None

    async def page(self) -> list[UUID]:
        async with self.database.read_session() as session:
            rows, self.cursor = await paginate(
                session,
                select(Thing),
                order_by=self.order,
                params=CursorParams(limit=self.limit, cursor=self.cursor),
                signer=self.signer,
                scope=["things"],
            )
        return [row.id for row in rows]


async def fill(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    async with database.session() as session:
        await session.execute(delete(Thing))
        if rows:
            await session.execute(insert(Thing), rows)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, max_size=12), order=ORDERS, limit=st.integers(1, 5))
async def test_all_pages_are_the_whole_list(
    things: Database,
    signer: CursorSigner,
    rows: list[dict[str, Any]],
    order: Order,
    limit: int,
) -> None:
    rows = with_ids(rows)
    await fill(things, rows)
    walk = Walk(things, signer, order, limit)
    pages = [await walk.page()]
    while walk.cursor is not None:
        pages.append(await walk.page())
    assert [id_ for page in pages for id_ in page] == in_order(rows, order)
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1] or not rows  # a cursor promises that something follows


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(ROWS, min_size=2, max_size=12),
    order=ORDERS,
    limit=st.integers(1, 3),
    changes=CHANGES,
)
async def test_rows_that_stay_are_neither_skipped_nor_repeated(
    things: Database,
    signer: CursorSigner,
    rows: list[dict[str, Any]],
    order: Order,
    limit: int,
    changes: list[Change],
) -> None:
    rows = with_ids(rows)
    await fill(things, rows)
    stayed = {row["id"]: row for row in rows}
    walk = Walk(things, signer, order, limit)
    seen = await walk.page()
    while walk.cursor is not None:
        if changes:
            await apply(things, changes.pop(), rows, stayed)
        seen += await walk.page()
    assert len(seen) == len(set(seen))
    assert [id_ for id_ in seen if id_ in stayed] == in_order(stayed.values(), order)


async def apply(
    database: Database,
    change: Change,
    rows: list[dict[str, Any]],
    stayed: dict[UUID, dict[str, Any]],
) -> None:
    kind, value = change
    async with database.session() as session:
        if kind == "insert":
            await session.execute(insert(Thing), with_ids([value]))
        else:
            row = rows[value % len(rows)]
            stayed.pop(row["id"], None)
            await session.execute(delete(Thing).where(Thing.id == row["id"]))


async def walk_all(
    database: Database, signer: CursorSigner, statement: Any, order_by: Any, limit: int = 2
) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    while True:
        async with database.read_session() as session:
            rows, cursor = await paginate(
                session,
                statement,
                order_by=order_by,
                params=CursorParams(limit=limit, cursor=cursor),
                signer=signer,
                scope=[],
            )
        found += rows
        if cursor is None:
            return found


async def test_an_order_by_an_expression_an_alias_and_a_collation(
    things: Database, signer: CursorSigner
) -> None:
    await fill(things, with_ids({"name": name} for name in ["b", "B", "a", "C", "c"]))
    other = aliased(Thing)
    by_lower = await walk_all(things, signer, select(Thing), [(func.lower(Thing.name), "desc")])
    assert [row.name.lower() for row in by_lower] == ["c", "c", "b", "b", "a"]
    by_alias = await walk_all(things, signer, select(other), [(other.name.collate("C"), "asc")])
    assert [row.name for row in by_alias] == ["B", "C", "a", "b", "c"]


async def test_a_key_from_a_table_that_is_joined_from_outside_may_be_null(
    things: Database, signer: CursorSigner
) -> None:
    rows = with_ids({"rank": rank} for rank in range(5))
    for row in rows[1:4]:
        row["owner"] = rows[0]["id"]
    await fill(things, [{"owner": None, **row} for row in rows])
    owner = aliased(Thing)
    statement = select(Thing).outerjoin(owner, Thing.owner == owner.id)
    # `owner.rank` is NOT NULL in its table, and null in this join.
    found = await walk_all(things, signer, statement, [(owner.rank, "asc"), (Thing.rank, "desc")])
    assert [row.rank for row in found] == [3, 2, 1, 4, 0]


async def test_a_primary_key_in_the_order_is_not_added_again(
    things: Database, signer: CursorSigner
) -> None:
    rows = with_ids({"rank": rank} for rank in range(5))
    await fill(things, rows)
    found = await walk_all(things, signer, select(Thing), [(Thing.id, "desc")])
    assert [row.id for row in found] == [row["id"] for row in reversed(rows)]


async def test_deleted_rows_are_skipped(things: Database, signer: CursorSigner) -> None:
    now = datetime.now(UTC)
    rows = with_ids({"rank": rank, "deleted_at": now if rank % 2 else None} for rank in range(6))
    await fill(things, rows)
    found = await walk_all(things, signer, select(Thing), [(Thing.rank, "asc")])
    assert [row.rank for row in found] == [0, 2, 4]


@pytest.mark.parametrize(
    ("order", "scope"),
    [
        ([(Thing.rank, "desc")], ["things", 1]),
        ([(Thing.name, "asc")], ["things", 1]),
        ([(Thing.rank, "asc"), (Thing.name, "asc")], ["things", 1]),
        ([(Thing.rank, "asc")], ["things", 2]),
        ([(Thing.rank, "asc")], ["others", 1]),
    ],
)
async def test_a_cursor_of_another_order_or_scope_is_refused(
    things: Database, signer: CursorSigner, order: Any, scope: list[object]
) -> None:
    await fill(things, with_ids({"rank": rank} for rank in range(3)))
    async with things.read_session() as session:
        _, cursor = await paginate(
            session,
            select(Thing),
            order_by=[(Thing.rank, "asc")],
            params=CursorParams(limit=1),
            signer=signer,
            scope=["things", 1],
        )
        with pytest.raises(BadCursorError):
            await paginate(
                session,
                select(Thing),
                order_by=order,
                params=CursorParams(limit=1, cursor=cursor),
                signer=signer,
                scope=scope,
            )


def plan_nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in plan_nodes(child))]


@pytest.mark.parametrize(
    ("index", "order"),
    [
        ("(rank, id)", [("rank", "asc")]),
        ("(rank, id)", [("rank", "desc")]),
        ("(note DESC NULLS LAST, id DESC)", [("note", "desc")]),
        ("(note, name, id)", [("note", "asc"), ("name", "asc")]),
        ("(rank, name DESC, id DESC)", [("rank", "asc"), ("name", "desc")]),
    ],
)
async def test_a_page_reads_its_own_rows_only_at_any_depth(
    things: Database, signer: CursorSigner, index: str, order: Order
) -> None:
    rows = with_ids(
        {"rank": n % 40, "name": f"{n % 7}", "note": None if n % 3 == 0 else f"{n % 100:03}"}
        for n in range(2000)
    )
    await fill(things, rows)
    walk = Walk(things, signer, order, limit=100)
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(things.engine.sync_engine, "before_cursor_execute", note)
    found = [*await walk.page()]
    while walk.cursor is not None:
        found += await walk.page()
    event.remove(things.engine.sync_engine, "before_cursor_execute", note)
    assert found == in_order(rows, order)
    async with things.engine.connect() as connection:
        await connection.execute(text(f"CREATE INDEX things_order ON things {index}"))
        # So small a table would be read whole, and the end of it sorted. A sort that remains with
        # these switched off is one that the index cannot spare.
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            await connection.execute(text(f"SET LOCAL enable_{way} = off"))
        for statement, parameters in sent:
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
            result = await connection.exec_driver_sql(explained, parameters)
            answer = result.scalar_one()
            document = json.loads(answer) if isinstance(answer, str) else answer
            limit, scan = plan_nodes(document[0]["Plan"])
            assert (limit["Node Type"], scan["Node Type"]) == ("Limit", "Index Scan"), statement
            assert scan.get("Rows Removed by Filter", 0) == 0, statement
            assert scan["Actual Rows"] <= 101, statement


async def test_one_query_for_an_order_without_nulls(things: Database, signer: CursorSigner) -> None:
    await fill(things, with_ids({"rank": rank, "name": "n"} for rank in range(9)))
    walk = Walk(things, signer, [("name", "desc"), ("rank", "desc")], limit=4)
    for _ in range(3):
        with QueryCounter(things.engine.sync_engine).at_most(1):
            await walk.page()
