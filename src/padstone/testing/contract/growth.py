"""A list costs as many statements for many rows as for one."""

from collections.abc import Mapping

import pytest

from padstone.testing.contract.caller import Caller
from padstone.testing.contract.document import Operation
from padstone.testing.contract.world import World
from padstone.testing.queries import QueryCounter

__all__ = ["test_n1_a_list_costs_the_same_however_long"]

_MORE = 3
_LIMIT = 100


@pytest.mark.operations("is_list")
async def test_n1_a_list_costs_the_same_however_long(
    world: World, operation: Operation, queries: QueryCounter
) -> None:
    """The rows stand each among rows of their own, so that nothing that is loaded is shared."""
    if operation.id in world.lists and world.lists[operation.id] is None:
        return
    name = world.lists.get(operation.id, operation.listed)
    assert name is not None, (
        f"No path tells what {operation} lists. Say in the World of tests/world.py by which path "
        f'parameter such rows are made: lists = {{"{operation}": "…_id"}}'
    )
    caller = await world.able(operation)
    rows = await world.rows(operation, caller)
    await world.another(name, caller, rows)
    few, before = await _ask(world, operation, caller, rows, queries)
    for _ in range(_MORE):
        await world.another(name, caller, rows)
    many, after = await _ask(world, operation, caller, rows, queries)
    assert many >= few + _MORE, f"{operation} does not show the rows of {name} that were made"
    listed = "\n".join(f"  {number}. {text}" for number, text in enumerate(after, 1))
    assert len(after) == len(before), (
        f"{operation} sends {len(before)} statements for {few} rows and {len(after)} for {many}:\n"
        f"{listed}"
    )


async def _ask(
    world: World,
    operation: Operation,
    caller: Caller,
    rows: Mapping[str, str],
    queries: QueryCounter,
) -> tuple[int, list[str]]:
    """How many rows the list shows, and the statements that it cost."""
    limit = {one["name"]: _LIMIT for one in operation.parameters if one["name"] == "limit"}
    with queries.counting() as seen:
        answer = await world.call(operation, caller, rows=rows, query=limit)
    assert answer.status_code == 200, f"{operation}: {answer.text[:500]}"
    body = answer.json()
    return len(body["items"] if isinstance(body, dict) else body), seen
