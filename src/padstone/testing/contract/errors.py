"""C6: errors have one shape, wherever a request fails, and never repeat what was sent."""

import re
from typing import Any

import httpx2
import pytest

from padstone.testing.contract.answers import check_headers, check_problem
from padstone.testing.contract.document import Operation
from padstone.testing.contract.world import World

__all__ = [
    "test_c6_a_body_of_another_kind_is_415",
    "test_c6_a_body_that_is_no_json_is_400",
    "test_c6_a_body_that_is_too_large_is_413",
    "test_c6_a_method_that_is_not_there_is_405",
    "test_c6_a_path_that_is_not_there_is_404",
    "test_c6_values_that_do_not_fit_are_422",
]

CANARY = "c4n4ry-c4n4ry"


async def test_c6_a_path_that_is_not_there_is_404(world: World) -> None:
    """Also below a path that is there."""
    ours = [one.path for one in world.operations.values() if one.is_ours]
    paths = sorted({path.partition("{")[0].rstrip("/") for path in ours})
    for path in ("", *paths):
        answer = await world.client.get(f"{path}/not-here/{CANARY}/x")
        check_problem(answer, 404)
        check_headers(answer)


async def test_c6_a_method_that_is_not_there_is_405(world: World) -> None:
    """It says which methods are."""
    for path in sorted({one.path for one in world.operations.values()}):
        there = re.sub(r"{(\w+)}", "x-y-z", path)
        # A path such as /things/import is one of /things/{thing_id} too.
        own = {one.method for one in world.operations.values() if one.matches(there)}
        answer = await world.client.request("TRACE", there)
        body = check_problem(answer, 405)
        allowed = {one.strip() for one in answer.headers["allow"].split(",")}
        assert allowed & own, path
        assert all(method in body["detail"] for method in allowed), body


@pytest.mark.operations("takes_json", "is_ours")
async def test_c6_a_body_that_is_no_json_is_400(world: World, operation: Operation) -> None:
    """Text that ends too early."""
    kind = {"Content-Type": "application/json"}
    broken = b'{"' + CANARY.encode()
    answer = await _tried(world, operation, own=False, content=broken, headers=kind)
    check_problem(answer, 400)


@pytest.mark.operations("takes_json", "is_ours")
async def test_c6_a_body_of_another_kind_is_415(world: World, operation: Operation) -> None:
    """JSON that says that it is something that the operation does not take."""
    kind = {"Content-Type": "application/x-not-known"}
    answer = await _tried(world, operation, content=b"{}", headers=kind)
    check_problem(answer, 415)


@pytest.mark.operations("has_body", "is_ours")
async def test_c6_a_body_that_is_too_large_is_413(world: World, operation: Operation) -> None:
    """Announced as larger than anything that is read anywhere."""
    kind = next(iter(operation.content))
    headers = {"Content-Type": kind, "Content-Length": str(2**40)}
    answer = await _tried(world, operation, own=False, content=b"{}", headers=headers)
    check_problem(answer, 413)


@pytest.mark.operations("takes_json", "is_ours")
async def test_c6_values_that_do_not_fit_are_422(world: World, operation: Operation) -> None:
    """Each names the field, and none the value."""
    content: dict[str, Any] = {"json": CANARY}
    if operation.body_schema.get("properties"):
        content = {"json": {name: {"x": CANARY} for name in operation.body_schema["properties"]}}
    answer = await _tried(world, operation, **content)
    if answer.status_code == 400 and len(operation.content) > 1:
        return  # it takes files of several kinds, and this is none of them
    body = check_problem(answer, 422)
    assert body["errors"], f"{operation} names no field"
    assert all(one["field"].startswith("body") for one in body["errors"]), body


async def _tried(
    world: World, operation: Operation, *, own: bool = True, **content: Any
) -> httpx2.Response:
    """By a caller who may, on rows of their ``own`` where the row is looked at before the body."""
    caller = await world.able(operation) if operation.is_guarded else None
    rows = await world.rows(operation, caller) if own and caller else None
    answer = await world.call(operation, caller, rows=rows, **content)
    assert CANARY not in answer.text, f"{operation} repeats what was sent: {answer.text[:500]}"
    return answer
