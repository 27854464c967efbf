"""C7 and C8: what every answer carries, one log line for each request, and browsers of others."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from padstone import log
from padstone.app import Application
from padstone.testing.contract.answers import check_headers
from padstone.testing.contract.document import Operation
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


@pytest.mark.operations("is_guarded")
async def test_c7_one_line_for_each_request_and_no_secret_in_it(
    world: World, operation: Operation, capfd: pytest.CaptureFixture[str]
) -> None:
    """Structured, with the id that the answer has, and who was calling."""
    caller = await world.able(operation)
    content = await world.content(operation, caller, {})
    given = {"X-Request-ID": f"id-{operation}"}
    with logging_kept():
        log.configure(level="INFO", form="json")
        capfd.readouterr()
        answer = await world.call(operation, caller, headers=given, **content)
        written = capfd.readouterr().err
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.splitlines()]
    [access] = [line for line in lines if line["event"] == "request"]
    assert access["request_id"] == answer.headers["x-request-id"] == f"id-{operation}"
    others = [line for line in lines if line.get("request_id", "") not in {"", f"id-{operation}"}]
    assert not others, "lines of the application have the same id"
    assert access["route"] == operation.path
    assert access["status"] == answer.status_code
    assert access["method"] == operation.method
    assert access["actor"], "who was calling"
    assert caller.secret not in written


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
