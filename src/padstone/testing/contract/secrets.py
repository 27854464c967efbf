"""Promise 36: what callers send as a secret is in no answer and in no line of a log.

Which of a body's fields are secrets is told by their names, as in the log, or by their schema.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest

from padstone import log
from padstone.auth.cookie_sessions import cookie_name
from padstone.testing.contract.caller import Caller
from padstone.testing.contract.document import JSON, Operation, resolve
from padstone.testing.contract.world import World
from padstone.testing.logs import logging_kept

__all__ = ["test_promise_36_no_secret_reaches_a_log_or_an_answer"]

_HEADERS = ("Proxy-Authorization", "X-API-Key", "X-Auth-Token", "X-CSRF-Token")
_QUERY = ("password", "token", "api_key", "secret")

Request = dict[str, Any]


@pytest.mark.operations
async def test_promise_36_no_secret_reaches_a_log_or_an_answer(
    world: World, operation: Operation, capfd: pytest.CaptureFixture[str]
) -> None:
    """Canaries in every place of a request where a secret may stand, with the log at DEBUG."""
    caller = await world.able(operation) if operation.is_guarded else None
    rows = {} if caller is None else await world.rows(operation, caller)
    content = await world.content(operation, caller, dict(rows))
    rows = rows or {name: world.missing(name) for name in operation.rows}
    path = operation.path.format_map({**operation.choices, **rows})
    with logging_kept():
        log.configure(level="DEBUG", form="json")
        for where, canary, request in _requests(world, operation, caller, content):
            capfd.readouterr()
            answer = await world.client.request(operation.method, path, **request)
            written = "".join(capfd.readouterr())
            assert canary not in written, f"{operation}: a secret in {where} is in the log"
            assert canary not in _shown(answer), f"{operation}: a secret in {where} is answered"


def _requests(
    world: World, operation: Operation, caller: Caller | None, content: Mapping[str, Any]
) -> Iterator[tuple[str, str, Request]]:
    """Where the secret is, the secret, and the request; those that may change something last."""
    own = {**(caller.headers if caller else {}), **content.get("headers", {})}
    canary = _canary()
    good = {**content, "headers": own}
    cookie = f"session={canary}; {cookie_name(world.settings)}={canary}"
    strange = {"Authorization": f"Bearer {canary}", "Cookie": cookie}
    yield "the credentials", canary, {**good, "headers": {**own, **strange}}
    yield "a cookie", canary, {**good, "headers": {**content.get("headers", {}), "Cookie": cookie}}
    if operation.takes_json:
        yield from _bodies(operation, own, content["json"])
    canary = _canary()
    yield (
        "a header or the query",
        canary,
        {
            **good,
            "headers": {**own, **dict.fromkeys(_HEADERS, canary)},
            "params": dict.fromkeys(_QUERY, canary),
        },
    )


def _bodies(
    operation: Operation, headers: Mapping[str, str], body: Any
) -> Iterator[tuple[str, str, Request]]:
    canary = _canary()
    broken = f'{{"password": "{canary}'
    typed = {**headers, "Content-Type": JSON}
    yield "a body that breaks off", canary, {"headers": typed, "content": broken}
    schema = operation.body_schema
    if isinstance(body, dict):
        canary = _canary()
        unknown = {**body, "another_password": canary}
        yield "an unknown field", canary, {"headers": dict(headers), "json": unknown}
    for where, make in (("a field of another type", lambda text: [text]), ("a field", str)):
        canary = _canary()
        filled = _filled(operation.document, schema, body, make(canary))
        if filled != body:
            yield where, canary, {"headers": dict(headers), "json": filled}


def _filled(document: Mapping[str, Any], schema: Mapping[str, Any], body: Any, canary: Any) -> Any:
    """``body`` with ``canary`` in each field that is a secret."""
    schema = resolve(document, schema)
    if isinstance(body, list):
        return [_filled(document, schema.get("items", {}), item, canary) for item in body]
    if not isinstance(body, dict):
        return body
    made = dict(body)
    for name, one in schema.get("properties", {}).items():
        known = resolve(document, one)
        if _is_secret(document, name, known):
            made[name] = canary
        elif name in made:
            made[name] = _filled(document, known, made[name], canary)
    return made


def _is_secret(document: Mapping[str, Any], name: str, schema: Mapping[str, Any]) -> bool:
    kinds = [resolve(document, kind) for kind in schema.get("anyOf", [schema])]
    is_text = any(kind.get("type") == "string" for kind in kinds)
    said = any(kind.get("format") == "password" or kind.get("writeOnly") for kind in kinds)
    return is_text and (said or log.is_secret_name(name))


def _canary() -> str:
    # Long, and with all that a rule for passwords may ask for; and no word of it in another text.
    return f"Canary-{secrets.token_hex(12)}-7"


def _shown(answer: httpx2.Response) -> str:
    return f"{dict(answer.headers)} {answer.text}"
