"""Lists: any filters in any order, page by page, against the same in Python."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from padstone.ids import encode_public_id, new_id
from padstone.testing.queries import QueryCounter
from padstone.testing.running import Running
from small_shop.callers import Caller
from small_shop.tables import Category, Product, Status

Row = dict[str, Any]

NAMES = ["", "a", "A", "ab_c", "ab%c", "ä", "x\\y", "zz"]
WEIGHTS = [None, Decimal("0.000"), Decimal("1.500"), Decimal("9999999.999")]
DAYS = [None, date(1, 1, 1), date(2026, 2, 28), date(9999, 12, 31)]
TIMES = [None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]
CATEGORIES = [new_id(), new_id()]

ROWS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "description": st.sampled_from([None, *NAMES]),
        "status": st.sampled_from(Status),
        "price_minor": st.sampled_from([-(2**63), 0, 1, 2**63 - 1]),
        "weight": st.sampled_from(WEIGHTS),
        "released_on": st.sampled_from(DAYS),
        "seen_at": st.sampled_from(TIMES),
        "in_stock": st.booleans(),
        "category_id": st.sampled_from([None, *CATEGORIES]),
    }
)
SORTS = ["price_minor", "name", "weight", "released_on", "seen_at", "status"]
ORDERS = st.lists(
    st.tuples(st.sampled_from(SORTS), st.booleans()), max_size=3, unique_by=lambda term: term[0]
)


def compared(values: Sequence[Any], *operators: str) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.sampled_from(operators), st.sampled_from(values))


ORDERED = ("eq", "gt", "gte", "lt", "lte")
TESTS: dict[str, st.SearchStrategy[tuple[str, Any]]] = {
    "name": compared(NAMES[1:], "eq", "ne", "contains")
    | st.tuples(st.just("in"), st.lists(st.sampled_from(NAMES[1:]), min_size=1, max_size=3)),
    "description": compared(NAMES[1:], "contains") | compared([True, False], "isnull"),
    "status": compared(list(Status), "eq", "ne")
    | st.tuples(st.just("in"), st.lists(st.sampled_from(Status), min_size=1, max_size=3)),
    "price_minor": compared([-(2**63), 0, 1, 2**63 - 1], *ORDERED)
    | st.tuples(st.just("in"), st.lists(st.integers(0, 2), min_size=1, max_size=3)),
    "weight": compared(WEIGHTS[1:], "eq", "ne", "gte", "lte") | compared([True, False], "isnull"),
    "released_on": compared(DAYS[1:], "eq", "gte", "lt") | compared([True, False], "isnull"),
    "seen_at": compared(TIMES[1:], "gte", "lt") | compared([True, False], "isnull"),
    "in_stock": compared([True, False], "eq"),
    "category_id": compared(CATEGORIES, "eq") | compared([True, False], "isnull"),
}
FILTERS = st.dictionaries(st.sampled_from(list(TESTS)), st.none(), max_size=2).flatmap(
    lambda chosen: st.fixed_dictionaries({name: TESTS[name] for name in chosen})
)

PASSES: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda stored, value: stored is not None and stored == value,
    "ne": lambda stored, value: stored != value,
    "in": lambda stored, values: stored in values,
    "gt": lambda stored, value: stored is not None and stored > value,
    "gte": lambda stored, value: stored is not None and stored >= value,
    "lt": lambda stored, value: stored is not None and stored < value,
    "lte": lambda stored, value: stored is not None and stored <= value,
    "contains": lambda stored, value: stored is not None and value.lower() in stored.lower(),
    "isnull": lambda stored, value: (stored is None) is value,
}


def passes(row: Row, filters: Mapping[str, tuple[str, Any]]) -> bool:
    return all(PASSES[operator](row[name], value) for name, (operator, value) in filters.items())


def as_parameters(filters: Mapping[str, tuple[str, Any]]) -> dict[str, str]:
    parameters = {}
    for name, (operator, value) in filters.items():
        values = value if isinstance(value, list) else [value]
        parameter = name if operator == "eq" else f"{name}__{operator}"
        parameters[parameter] = ",".join(text(one) for one in values)
    return parameters


def text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def key(value: Any) -> Any:
    return list(Status).index(value) if isinstance(value, Status) else value


def in_order(rows: Sequence[Row], order: Sequence[tuple[str, bool]]) -> list[str]:
    """What PostgreSQL should answer, by stable sorts from the last key to the first."""
    found = sorted(rows, key=lambda row: row["id"], reverse=order[-1][1])
    for name, falls in reversed(order):
        filled = [row for row in found if row[name] is not None]
        filled.sort(key=lambda row: key(row[name]), reverse=falls)
        found = filled + [row for row in found if row[name] is None]
    return [encode_public_id("prod", row["id"]) for row in found]


async def walk(caller: Caller, **params: Any) -> list[str]:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        answer = await caller("GET", "/products", params={**params, **more})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


async def fill(running: Running, rows: Sequence[Row]) -> None:
    async with running.state["database"].session() as session:
        await session.execute(delete(Product))
        await session.execute(delete(Category))
        names = [{"id": one, "name": str(one)} for one in CATEGORIES]
        await session.execute(insert(Category), names)
        if rows:
            await session.execute(insert(Product), rows)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(ROWS, max_size=12),
    filters=FILTERS,
    order=ORDERS.filter(bool),
    limit=st.integers(1, 5),
)
async def test_every_walk_is_the_list_that_python_makes(
    running: Running,
    ann: Caller,
    drawn: list[Row],
    filters: dict[str, tuple[str, Any]],
    order: list[tuple[str, bool]],
    limit: int,
) -> None:
    rows = [{"id": new_id(), "slug": str(place), **row} for place, row in enumerate(drawn)]
    await fill(running, rows)
    sort = ",".join(f"-{name}" if falls else name for name, falls in order)
    expected = in_order([row for row in rows if passes(row, filters)], order)
    params = {**as_parameters(filters), "sort": sort, "limit": limit}
    assert await walk(ann, **params) == expected
    answer = await ann("GET", "/products", params={**params, "offset": 1})
    page = answer.json()
    assert [one["id"] for one in page["items"]] == expected[1 : 1 + limit]
    assert (page["total"], page["offset"]) == (len(expected), 1)
    assert page["next_cursor"] is None


async def test_words_are_found_best_match_first(ann: Caller) -> None:
    for slug, name, description in (
        ("both", "Green tea", "A tea that is green"),
        ("below", "Black leaves", "Not a green tea"),
        ("name", "Green tea tins", None),
        ("other", "Coffee", "Beans"),
    ):
        await ann.make("/products", slug=slug, name=name, description=description, price_minor=1)
    found = [one["slug"] for one in await ann.list("/products", q="green teas")]
    assert found[-1] == "below"
    assert set(found) == {"both", "name", "below"}
    paged = await walk(ann, q="green teas", limit=1)
    assert paged == [one["id"] for one in await ann.list("/products", q="green teas")]
    sorted_ = await ann.list("/products", q='"green tea" -tin', sort="name")
    assert [one["slug"] for one in sorted_] == ["below", "both"]
    for nothing in ("the", "&", "'", "-", "(:*"):
        assert await ann.list("/products", q=nothing) == []


async def test_a_cursor_belongs_to_its_list(ann: Caller, ben: Caller, nobody: Caller) -> None:
    for number in range(3):
        await ann.make("/products", slug=str(number), name="N", price_minor=1, status="live")
    answer = await ann("GET", "/products", params={"limit": 1, "price_minor": 1})
    cursor = answer.json()["next_cursor"]
    again = {"limit": 2, "price_minor": 1, "cursor": cursor}
    assert len(await ann.list("/products", **again)) == 2
    others = [
        (ann, {**again, "price_minor": 2}),
        (ann, {**again, "sort": "name"}),
        (ann, {**again, "q": "N"}),
        (ben, again),
        (nobody, again),
        (ann, {**again, "cursor": f"{cursor}x"}),
    ]
    for caller, params in others:
        refused = await caller("GET", "/products", params=params)
        assert refused.status_code == 422
        assert refused.json()["code"] == "bad_cursor"


async def test_an_empty_list_is_no_missing_parent(ann: Caller, ben: Caller) -> None:
    folder = await ann.make("/folders", name="mine")
    path = f"/folders/{folder['id']}/notes"
    assert await ann.list(path) == []
    assert (await ben("GET", path)).status_code == 404
    assert (await ann("GET", f"/folders/{new_id()}/notes")).status_code == 404
    await ann.make(path, title="one")
    await ann("DELETE", f"/folders/{folder['id']}")
    assert (await ann("GET", path)).status_code == 404


async def test_the_public_sees_what_is_visible(ann: Caller, nobody: Caller) -> None:
    draft = await ann.make("/products", slug="draft", name="Draft", price_minor=1)
    await ann.make("/products", slug="live", name="Live", price_minor=1, status="live")
    assert [one["slug"] for one in await nobody.list("/products")] == ["live"]
    assert (await nobody("GET", f"/products/{draft['id']}")).status_code == 404
    assert len(await ann.list("/products")) == 2


async def test_a_list_costs_the_same_however_many_rows(ann: Caller, queries: QueryCounter) -> None:
    async def cost(path: str, **params: Any) -> int:
        with queries.counting() as seen:
            await ann.list(path, **params)
        return len(seen) - 1  # the key

    counts = []
    for rows in (1, 20):
        for number in range(rows):
            category = await ann.make("/categories", name=f"{rows} {number}")
            await ann.make(
                "/products",
                slug=f"{rows}-{number}",
                name="N",
                price_minor=1,
                category_id=category["id"],
            )
            folder = await ann.make("/folders", name="F")
            for title in ("one", "two"):
                await ann.make(f"/folders/{folder['id']}/notes", title=title)
        counts.append(
            [
                await cost("/products", limit=100),  # the categories come along
                await cost("/products", limit=100, offset=0),
                await cost("/folders", limit=100),
                await cost("/folders", limit=100, offset=0),
                await cost(f"/folders/{folder['id']}/notes"),
                await cost("/products", q="N"),
            ]
        )
    assert counts == [[1, 2, 2, 3, 1, 1]] * 2


async def test_one_row_costs_one_statement(ann: Caller, queries: QueryCounter) -> None:
    folder = await ann.make("/folders", name="F")
    note = await ann.make(f"/folders/{folder['id']}/notes", title="one")
    product = await ann.make("/products", slug="a", name="N", price_minor=1)
    for path, statements in (
        (f"/products/{product['id']}", 1),
        (f"/folders/{folder['id']}/notes/{note['id']}", 1),
        (f"/folders/{folder['id']}", 2),
    ):
        with queries.counting() as seen:
            assert (await ann("GET", path)).status_code == 200
        assert len(seen) == 1 + statements, path  # the key, and those
