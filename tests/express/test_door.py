"""Both lanes give the same answer to everything: byte for byte, with the same headers."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, update

from lane_system import Group, Thing
from padstone.ids import encode_public_id

from .conftest import Lanes
from .examples import BODIES, QUERIES, ROWS

PLURALS = (
    "things",
    "wholes",
    "groupeds",
    "shouteds",
    "quiets",
    "trimmeds",
    "discreets",
    "spelleds",
    "publics",
    "plains",
    "hiddens",
)
PROPERTY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def keep(lanes: Lanes, rows: Sequence[dict[str, Any]]) -> list[Thing]:
    """From now on these rows are all that the caller has."""
    async with lanes.running.state["database"].session() as session:
        mine = delete(Thing).where(Thing.user_id == lanes.account.id)
        await session.execute(mine, execution_options={"include_deleted": True})
        kept = [Thing(user_id=lanes.account.id, **row) for row in rows]
        session.add_all(kept)
    return kept


@PROPERTY
@given(row=ROWS, plural=st.sampled_from(PLURALS))
@example(row={"name": " b "}, plural="trimmeds")
@example(row={"name": "Bb"}, plural="shouteds")
@example(row={"name": "Bb"}, plural="quiets")
@example(row={"name": "Bb"}, plural="plains")
async def test_one_row(lanes: Lanes, row: Any, plural: str) -> None:
    (thing,) = await keep(lanes, [row])
    before = lanes.express
    shown = encode_public_id("thing", thing.id) if plural == "publics" else thing.id
    answer = await lanes.both("GET", f"/{plural}/{shown}")
    assert lanes.express == before + 1, "the express lane has answered it"
    is_gone = row.get("deleted_at") is not None and plural != "hiddens"
    assert answer.status_code == (404 if is_gone else 200)


@PROPERTY
@given(rows=st.lists(ROWS, max_size=6), query=QUERIES, plural=st.sampled_from(PLURALS))
async def test_lists_from_the_first_page_to_the_last(
    lanes: Lanes, rows: Any, query: dict[str, str], plural: str
) -> None:
    await keep(lanes, rows)
    living = [row for row in rows if plural == "hiddens" or row.get("deleted_at") is None]
    seen = 0
    while True:
        answer = await lanes.both("GET", f"/{plural}", params=query)
        if answer.status_code != 200:
            assert answer.status_code == 422
            return
        page = answer.json()
        seen += len(page["items"])
        if page["next_cursor"] is None:
            break
        query = {**query, "cursor": page["next_cursor"]}
    assert seen <= len(living)
    if set(query) <= {"limit", "sort", "cursor"}:
        assert seen == len(living)


@PROPERTY
@given(body=BODIES, plural=st.sampled_from(PLURALS))
async def test_what_is_made_is_the_same_but_for_ids_and_times(
    lanes: Lanes, body: Any, plural: str
) -> None:
    raw = json.dumps(body)
    headers = {"Content-Type": "application/json"}
    here = await lanes.one("POST", f"/{plural}", content=raw, headers=headers)
    with lanes.off():
        there = await lanes.one("POST", f"/{plural}", content=raw, headers=headers)
    assert here.status_code == there.status_code
    assert stripped(here) == stripped(there)
    if here.status_code == 201 and plural != "hiddens":
        location = here.headers["location"].removeprefix("/api")
        again = await lanes.both("GET", location)
        assert again.content == here.content
        assert again.headers["etag"] == here.headers["etag"]


def stripped(answer: Any) -> Any:
    found = answer.json()
    for name in ("id", "public", "madeAt", "request_id", "instance"):
        found.pop(name, None)
    headers = {name for name in answer.headers if name != "server-timing"}
    return found, headers


NOBODYS = "01890a5d-ac96-774b-bcce-b302099a8057"
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/things/nothing", {}),
    ("GET", f"/things/{NOBODYS}", {}),
    ("GET", f"/things/{NOBODYS}?x=1", {}),
    ("GET", f"/things/{NOBODYS}/", {}),
    ("HEAD", "/things", {}),
    ("PUT", "/things", {}),
    ("GET", "/things?limit=2&limit=3", {}),
    ("GET", "/things?name__in=a,b&name__in=c", {}),
    ("GET", "/things?cursor=nonsense", {}),
    ("GET", "/things?cursor=", {}),
    ("GET", "/things?offset=0", {}),
    ("GET", "/things?sort=name,name", {}),
    ("GET", f"/things/{NOBODYS}/parts", {}),
    ("GET", f"/things/{NOBODYS}/parts/{NOBODYS}", {}),
    ("GET", "/things//parts", {}),
    ("POST", "/things", {"content": "{"}),
    ("POST", "/things", {"content": ""}),
    ("POST", "/things", {"content": b"\xff", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/things", {"content": '{"name": "a"}', "headers": {"Content-Type": "text/plain"}}),
    (
        "POST",
        "/things",
        {"content": "[" * 100_000, "headers": {"Content-Type": "application/json"}},
    ),
    ("POST", "/things", {"json": {"name": "a\0"}}),
    ("POST", "/things", {"json": {"name": "a", "small": 2**15}}),
    ("POST", "/things", {"json": []}),
    ("POST", "/things?x=1", {"json": {"name": "a"}}),
    ("POST", "/things", {"content": b'{"name": "' + b"a" * 2_000_000 + b'"}'}),
]


@pytest.mark.parametrize("credentials", ["mine", "nobody's", "wrong", "two"])
@pytest.mark.parametrize(("method", "path", "options"), ASKED)
async def test_refusals_are_in_the_same_words(
    lanes: Lanes, method: str, path: str, options: dict[str, Any], credentials: str
) -> None:
    lanes.headers = {
        "mine": lanes.headers,
        "nobody's": {},
        "wrong": {"Authorization": "Bearer sk_live_nothing"},
        "two": {**lanes.headers, "X-API-Key": "sk_live_other"},
    }[credentials]
    answer = await lanes.both(method, path, **options)
    assert answer.status_code != 500


async def test_another_ones_row_is_as_good_as_none(lanes: Lanes) -> None:
    (thing,) = await keep(lanes, [{"name": "a"}])
    other = Lanes(lanes.running, lanes.client, lanes.table, {})
    for headers in ({}, {"Authorization": "Bearer nothing"}):
        answer = await other.both("GET", f"/things/{thing.id}", headers=headers)
        assert answer.status_code == 401


async def test_a_scope_that_is_missing_is_named(lanes: Lanes, poor: dict[str, str]) -> None:
    lanes.headers = poor
    for method, path in (("GET", "/things"), ("POST", "/things"), ("GET", f"/things/{uuid4()}")):
        answer = await lanes.both(method, path, **({"json": {}} if method == "POST" else {}))
        assert answer.status_code == 403, answer.text


async def test_what_is_everybodys_needs_no_credentials(lanes: Lanes) -> None:
    async with lanes.running.state["database"].session() as session:
        group = Group(name="Tea")
        session.add(group)
    lanes.headers = {}
    assert (await lanes.both("GET", f"/groups/{group.id}")).json()["name"] == "Tea"
    assert (await lanes.both("GET", "/groups?limit=1")).status_code == 200
    refused = {"Authorization": "Bearer nothing"}
    assert (await lanes.both("GET", "/groups", headers=refused)).status_code == 401


async def test_a_nested_row_is_there_until_it_is_deleted(lanes: Lanes) -> None:
    async with lanes.running.state["database"].session() as session:
        group = Group(name="Tea")
        session.add(group)
    (thing,) = await keep(lanes, [{"name": "a", "group_id": group.id}])
    for plural in ("groupeds", "wholes"):
        shown = (await lanes.both("GET", f"/{plural}/{thing.id}")).json()
        assert shown["group"] == {"id": str(group.id), "name": "Tea"}
        assert (await lanes.both("GET", f"/{plural}")).json()["items"] == [shown]
    async with lanes.running.state["database"].session() as session:
        await session.execute(update(Group).values(deleted_at=func.now()))
    assert (await lanes.both("GET", f"/groupeds/{thing.id}")).json()["group"] is None


async def test_the_callers_own_row(lanes: Lanes, poor: dict[str, str]) -> None:
    mine = (await lanes.both("GET", "/me")).json()
    assert mine["id"] == encode_public_id("acct", lanes.account.id)
    assert lanes.express == 1
    assert (await lanes.both("GET", "/me?what=ever")).json() == mine
    lanes.headers = poor
    assert (await lanes.both("GET", "/me")).json()["id"] != mine["id"]
    lanes.headers = {}
    assert (await lanes.both("GET", "/me")).status_code == 401


async def test_a_row_by_its_name(lanes: Lanes) -> None:
    name = f"tea-{uuid4()}"
    async with lanes.running.state["database"].session() as session:
        old, group = Group(name=name, deleted_at=datetime.now(UTC)), Group(name=name)
        session.add_all([old, group])
    found = await lanes.both("GET", f"/groups/{name}")
    assert found.json() == {"id": str(group.id), "name": name}
    assert (await lanes.both("GET", f"/groups/{group.id}")).content == found.content
    for other in (f"no-{name}", str(uuid4()), str(old.id)):
        assert (await lanes.both("GET", f"/groups/{other}")).status_code == 404
    for bad in ("a b", "x" * 201, "%00", "ä"):
        assert (await lanes.both("GET", f"/groups/{bad}")).status_code == 422


@pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"2"', "*", '"2", "1"', "1", '""', ""])
async def test_what_is_known_is_not_sent_again(lanes: Lanes, known: str) -> None:
    (thing,) = await keep(lanes, [{"name": "a"}])
    for plural, knows in (("things", True), ("groupeds", False)):
        path = f"/{plural}/{thing.id}"
        answer = await lanes.both("GET", path, headers={"If-None-Match": known})
        is_same = known not in {'"2"', '""'}
        wanted = 422 if known in {"1", ""} else 304 if is_same else 200
        assert answer.status_code == (wanted if knows else 200)


async def test_a_null_that_the_schema_refuses_is_refused(lanes: Lanes) -> None:
    empty, full = await keep(lanes, [{"name": "a"}, {"name": "b", "code": "c"}])
    assert (await lanes.both("GET", f"/fulls/{full.id}")).status_code == 200
    assert (await lanes.both("GET", f"/fulls/{empty.id}")).status_code == 500


async def test_rows_below_a_parent(lanes: Lanes) -> None:
    (thing,) = await keep(lanes, [{"name": "a"}])
    path = f"/things/{thing.id}/parts"
    assert (await lanes.both("GET", path)).json()["items"] == []
    made = (await lanes.one("POST", path, json={"name": "wheel"})).json()
    assert (await lanes.both("GET", path)).json()["items"] == [made]
    assert (await lanes.both("GET", f"{path}/{made['id']}")).json() == made
    assert (await lanes.both("GET", f"/things/{uuid4()}/parts/{made['id']}")).status_code == 404
    before = lanes.express
    assert (await lanes.one("GET", f"{path}/{made['id']}")).status_code == 200
    assert lanes.express == before + 1


async def test_limits_count_each_request_once_in_whichever_lane(lanes: Lanes) -> None:
    # The second and the fourth begin in one lane and are answered by the other.
    paths = ["", "?offset=0", f"/{NOBODYS}", "?limit=0", ""]
    answers = [await lanes.one("GET", f"/limited/things{path}") for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 422, 200]
    left = [answer.headers["ratelimit-remaining"] for answer in answers]
    assert left == ["4", "3", "2", "1", "0"]
    assert lanes.express == 3
    for _ in range(2):
        refused = await lanes.both("GET", "/limited/things", headers={})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0


async def test_a_replaced_dependency_is_called(lanes: Lanes) -> None:
    app = lanes.running.app
    before = lanes.express
    app.dependency_overrides[keep] = lambda: None
    try:
        assert (await lanes.one("GET", "/things")).status_code == 200
    finally:
        app.dependency_overrides.clear()
    assert lanes.express == before


async def test_the_line_and_the_numbers_name_the_route(lanes: Lanes) -> None:
    for _ in range(2):
        await lanes.both("GET", f"/things/{uuid4()}")
        await lanes.both("GET", "/things")
    text = lanes.running.app.metrics.render().decode()
    assert 'route="/api/things/{thing_id}",status="404"' in text
    assert 'route="/api/things",status="200"' in text
