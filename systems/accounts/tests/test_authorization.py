"""Who may not, may not: every operation of the OpenAPI document, tried as everybody who is wrong.

Generated, without an exception list: a new operation is covered the moment it exists.
"""

from typing import Any

import httpx2
import pytest
from callers import Caller, MakeCaller
from operations import Operation, operations
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Scope
from app.main import app
from app.models import Base
from padstone.auth import generate
from padstone.ids import encode_public_id, new_id

# What anybody may ask. It is checked to be all that is open.
OPEN = {"get_health", "get_liveness", "get_readiness"}
GUARDED = [operation for operation in operations() if operation.id not in OPEN]
WITH_ROW = [operation for operation in GUARDED if "{" in operation.path]
WITH_BODY = [operation for operation in GUARDED if operation.body is not None]


def test_c6_nothing_else_is_open() -> None:
    assert {operation.id for operation in operations() if not operation.is_guarded} == OPEN


async def _call(
    client: httpx2.AsyncClient,
    operation: Operation,
    headers: dict[str, str],
    *,
    ids: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
) -> httpx2.Response:
    path = operation.path
    for name in ("key_id", "hold_id", "object_id"):
        fallback = encode_public_id(PREFIXES[name], new_id())
        path = path.replace(f"{{{name}}}", (ids or {}).get(name, fallback))
    assert "{" not in path, "a new kind of row needs an entry in PREFIXES"
    return await client.request(
        operation.method, path, json=body or operation.body, headers=headers
    )


PREFIXES = {"key_id": "key", "hold_id": "hold", "object_id": "obj"}


@pytest.mark.parametrize("operation", GUARDED, ids=str)
async def test_a6_strangers_are_refused(client: httpx2.AsyncClient, operation: Operation) -> None:
    bodies = []
    for headers in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer {generate(live=True).secret}"},
        {"X-API-Key": "x" * 5000},
    ):
        answer = await _call(client, operation, headers)
        assert answer.status_code == 401
        bodies.append({**answer.json(), "request_id": "", "instance": ""})
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize(
    "operation", [operation for operation in GUARDED if operation.scopes], ids=str
)
async def test_a6_a_narrow_key_is_refused(
    client: httpx2.AsyncClient, make_caller: MakeCaller, operation: Operation
) -> None:
    others = [scope for scope in Scope if scope not in operation.scopes]
    caller = await make_caller(scopes=[str(scope) for scope in others])
    answer = await _call(client, operation, caller.headers)
    assert answer.status_code == 403
    assert operation.scopes[0] in answer.json()["detail"]


async def _rows(client: httpx2.AsyncClient, caller: Caller) -> dict[str, str]:
    """A row of each kind that ``caller`` owns."""
    hold = await client.post(
        "/api/v1/credits/holds", json={"amount_micros": 5, "key": "h"}, headers=caller.headers
    )
    stored = await client.post(
        "/api/v1/objects",
        json={"name": "a.csv", "content_type": "text/csv", "size_bytes": 1},
        headers=caller.headers,
    )
    return {
        "key_id": caller.key_id,
        "hold_id": hold.json()["id"],
        "object_id": stored.json()["id"],
    }


@pytest.mark.parametrize("operation", WITH_ROW, ids=str)
async def test_a8_anothers_row_is_as_good_as_none(
    client: httpx2.AsyncClient, make_caller: MakeCaller, operation: Operation
) -> None:
    owner, other = await make_caller(), await make_caller()
    theirs = await _call(client, operation, other.headers, ids=await _rows(client, owner))
    missing = await _call(client, operation, other.headers)
    assert theirs.status_code == missing.status_code == 404
    own = {"request_id": "", "instance": ""}
    assert {**theirs.json(), **own} == {**missing.json(), **own}


COLUMNS = sorted({column.key for table in Base.metadata.tables.values() for column in table.c})


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
async def test_c6_no_column_can_be_smuggled_in(
    client: httpx2.AsyncClient, caller: Caller, session: AsyncSession, operation: Operation
) -> None:
    assert operation.body is not None
    document = app.openapi()["components"]["schemas"]
    ids = await _rows(client, caller)
    before = await _snapshot(session)
    known = {name for schema in document.values() for name in schema.get("properties", {})}
    assert known & set(COLUMNS)
    for column in COLUMNS:
        if column in _accepted(operation):
            continue
        body = {**operation.body, column: "x"}
        answer = await _call(client, operation, caller.headers, ids=ids, body=body)
        assert answer.status_code == 422, f"{column} was accepted"
        assert f"body.{column}" in {item["field"] for item in answer.json()["errors"]}
    assert await _snapshot(session) == before


def _accepted(operation: Operation) -> set[str]:
    document = app.openapi()
    item = document["paths"][operation.path][operation.method.lower()]
    name = item["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return set(document["components"]["schemas"][name]["properties"])


async def _snapshot(session: AsyncSession) -> dict[str, list[Any]]:
    rows = {}
    for name, table in Base.metadata.tables.items():
        columns = ", ".join(f'"{c.key}"' for c in table.c if c.key != "last_used_at")
        found = await session.execute(text(f'SELECT {columns} FROM "{name}" ORDER BY 1'))  # noqa: S608
        rows[name] = [tuple(row) for row in found]
    await session.rollback()
    return rows
