"""C7 and C8: what every answer carries, one log line for each request, and browsers of others."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from padstone import log
from padstone.app import Application
from padstone.testing.contract.answers import check_headers
from padstone.testing.contract.caller import Caller
from padstone.testing.contract.document import Operation
from padstone.testing.contract.fuzz import ENDING
from padstone.testing.contract.world import World
from padstone.testing.logs import logging_kept

__all__ = [
    "test_c7_one_line_for_each_request_and_no_secret_in_it",
    "test_c7_the_clients_own_id_is_kept",
    "test_c8_only_configured_origins_may_call",
]

OURS, FOREIGN = "https://app.example.com", "https://app.example.com.evil.example"


async def test_c7_the_clients_own_id_is_kept(world: World) -> None:
    """Where it is well formed; any other is replaced. That all else is there, each test checks."""
    for path in ("/", "/docs", "/health/live", "/nowhere"):
        for given, kept in (("abcd-1234.XYZ_9", True), ("with space 123", False)):
            answer = await world.client.get(path, headers={"X-Request-ID": given})
            check_headers(answer)
            assert (answer.headers["x-request-id"] == given) is kept, path


async def test_c7_one_line_for_each_request_and_no_secret_in_it(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """Structured, with the id that the answer has, and who was calling: of every operation."""
    for find in (world.callers.able, world.callers.browser):
        callers: dict[frozenset[str], Caller | None] = {}
        for operation in world.operations.values():
            if not operation.is_guarded:
                continue
            if operation.scopes not in callers:
                callers[operation.scopes] = await find(operation.scopes)
            caller = callers[operation.scopes]
            if caller is not None:
                await _one_line(world, operation, caller, capfd)
            if operation.id in ENDING | world.ending:
                del callers[operation.scopes]


async def _one_line(
    world: World, operation: Operation, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = {name: world.missing(name) for name in operation.rows}
    content = await world.content(operation, None, dict(rows))
    given = {"X-Request-ID": f"id-{operation}"}
    with logging_kept():
        log.configure(level="INFO", form="json")
        capfd.readouterr()
        answer = await world.call(operation, caller, rows=rows, headers=given, **content)
        written = capfd.readouterr().err
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.splitlines()]
    access = [line for line in lines if line["event"] == "request"]
    assert len(access) == 1, f"{operation} has {len(access)} lines: {written}"
    assert answer.headers["x-request-id"] == f"id-{operation}"
    others = [one for one in lines if one.get("request_id", "") not in {"", f"id-{operation}"}]
    assert not others, f"the lines of {operation} have several ids: {written}"
    expected = {
        "request_id": f"id-{operation}",
        "method": operation.method,
        "route": operation.path,
        "status": answer.status_code,
    }
    assert {name: access[0][name] for name in expected} == expected, written
    assert access[0].get("actor"), f"the line of {operation} does not say who was calling"
    assert caller.secret not in written, f"the credentials of {operation} are in the log"


@contextmanager
def _with_origins(app: Application, *origins: str) -> Iterator[None]:
    """The application as it is built where ALLOWED_ORIGINS are these."""
    before = app.settings, app.middleware_stack
    app.settings = app.settings.model_copy(update={"ALLOWED_ORIGINS": list(origins)})
    app.middleware_stack = None  # it is built at the next request
    try:
        yield
    finally:
        app.settings, app.middleware_stack = before


async def test_c8_only_configured_origins_may_call(world: World) -> None:
    """A preflight and an ordinary request of each operation, by ours and by a similar name."""
    with _with_origins(world.app, OURS):
        for operation in world.operations.values():
            rows = {name: world.missing(name) for name in operation.rows}
            path = operation.path.format_map({**operation.choices, **rows})
            for origin, allowed in ((OURS, OURS), (FOREIGN, None)):
                asked = {
                    "Origin": origin,
                    "Access-Control-Request-Method": operation.method,
                    "Access-Control-Request-Headers": "authorization,content-type,if-match",
                }
                preflight = await world.client.options(path, headers=asked)
                assert preflight.status_code == (200 if allowed else 400), operation
                simple = await world.client.request(
                    operation.method, path, headers={"Origin": origin}
                )
                for answer in (preflight, simple):
                    found = answer.headers.get("access-control-allow-origin")
                    assert found == allowed, f"{operation} lets {origin} in: {found}"
