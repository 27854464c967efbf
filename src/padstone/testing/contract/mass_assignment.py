"""No column can be smuggled in: every column of every table, in every body, at every depth."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import httpx2
import pytest
from sqlalchemy import Computed

from padstone.testing.contract.document import JSON, Operation, resolve
from padstone.testing.contract.snapshot import snapshot
from padstone.testing.contract.world import World

__all__ = [
    "test_promise_24_no_body_offers_what_the_database_decides",
    "test_promise_24_no_column_can_be_smuggled_in",
]

_DECIDED = {"created_at", "deleted_at", "updated_at"}


@pytest.mark.operations("takes_json", "is_ours")
async def test_promise_24_no_column_can_be_smuggled_in(world: World, operation: Operation) -> None:
    """Each is refused with 422 that names it as unknown, and nothing has changed."""
    caller = await world.able(operation) if operation.is_guarded else None
    rows = {} if caller is None else await world.rows(operation, caller)
    content = await world.content(operation, caller, dict(rows), deep=True)
    columns = {column.key for table in world.metadata.sorted_tables for column in table.c}
    schema = operation.content[JSON]["schema"]
    places = [place for place, *_ in _objects(operation.document, schema, content["json"], "body")]
    assert places, f"{operation} takes any field, so that nothing can be refused"
    before = await snapshot(world.database, world.metadata)
    for place in places:  # one after the other, since an outer one may hide an inner one
        body = deepcopy(content["json"])
        found = _objects(operation.document, schema, body, "body")
        there, known = next((one, names) for where, one, names in found if where == place)
        there.update(dict.fromkeys(columns - known, "x"))
        answer = await world.call(operation, caller, rows=rows or None, json=body)
        _all_refused(operation, answer, {f"{place}.{column}" for column in columns - known})
    assert await snapshot(world.database, world.metadata) == before


def _all_refused(operation: Operation, answer: httpx2.Response, injected: set[str]) -> None:
    assert answer.status_code == 422, (
        f"{operation} answered {answer.status_code} to unknown fields: {answer.text[:500]}"
    )
    errors = answer.json()["errors"]
    for one in errors:  # a file names its rows, from the first
        one["field"] = re.sub(r"^rows\.(\d+)", lambda n: f"body.{int(n[1]) - 1}", one["field"])
    refused = {one["field"] for one in errors if one["code"] == "extra_forbidden"}
    assert injected <= refused, f"{operation} took {sorted(injected - refused)}"
    others = [one for one in errors if one["field"] not in injected]
    assert not others, f"the body for {operation} has other faults, which could hide one: {others}"


@pytest.mark.operations("takes_json")
async def test_promise_24_no_body_offers_what_the_database_decides(
    world: World, operation: Operation
) -> None:
    """Times and computed columns are in no body, not even by name."""
    computed = {
        column.key
        for table in world.metadata.sorted_tables
        for column in table.c
        if isinstance(column.server_default, Computed)
    }
    offered = set(operation.body_schema.get("properties", {}))
    assert not offered & (computed | _DECIDED), operation


def _objects(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, place: str
) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Each object in ``value`` that has named fields: where it stands, itself, and their names."""
    schema = resolve(document, schema)
    kinds = schema.get("anyOf") or schema.get("oneOf") or [schema]
    schema = next((one for kind in kinds if _fits(one := resolve(document, kind), value)), schema)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _objects(document, schema.get("items", {}), item, f"{place}.{number}")
    elif isinstance(value, dict) and "properties" in schema:
        for name, one in schema["properties"].items():
            if name in value:
                yield from _objects(document, one, value[name], f"{place}.{name}")
        yield place, value, set(schema["properties"])


def _fits(schema: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, dict):
        return set(schema.get("required", ())) <= set(value) and schema.get("type") == "object"
    return schema.get("type") == ("array" if isinstance(value, list) else None)
