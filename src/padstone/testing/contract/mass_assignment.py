"""No column can be smuggled in: every column of every table, in every body, at every depth."""

from collections.abc import Iterator, Mapping
from typing import Any

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


@pytest.mark.operations("takes_json")
async def test_promise_24_no_column_can_be_smuggled_in(world: World, operation: Operation) -> None:
    """Each is refused with 422 that names it as unknown, and nothing has changed."""
    caller = await world.able(operation) if operation.is_guarded else None
    rows = {} if caller is None else await world.rows(operation, caller)
    content = await world.content(operation, caller, dict(rows), deep=True)
    columns = {column.key for table in world.metadata.sorted_tables for column in table.c}
    injected = set()
    schema = operation.content[JSON]["schema"]
    for place, body, known in list(_objects(operation.document, schema, content["json"], "body")):
        foreign = columns - known
        body.update(dict.fromkeys(foreign, "x"))
        injected |= {f"{place}.{column}" for column in foreign}
    assert injected, f"{operation} takes any field, so that nothing can be refused"
    before = await snapshot(world.database, world.metadata)
    answer = await world.call(operation, caller, rows=rows or None, **content)
    assert answer.status_code == 422, (
        f"{operation} answered {answer.status_code} to unknown fields: {answer.text[:500]}"
    )
    errors = answer.json()["errors"]
    refused = {one["field"] for one in errors if one["code"] == "extra_forbidden"}
    assert injected <= refused, f"{operation} took {sorted(injected - refused)}"
    others = [one for one in errors if one["field"] not in injected]
    assert not others, f"the body for {operation} has other faults, which could hide one: {others}"
    assert await snapshot(world.database, world.metadata) == before


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
