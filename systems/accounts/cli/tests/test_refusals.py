"""Each refusal of the API in words, and its exit status."""

from typing import Any

import pytest
from running import Command, Server
from server import FULL_KEY, POOR_KEY

PROBLEM = {"content-type": "application/problem+json"}
KEY = "key_01kb0q7w0sf8n9x2m4v6c80002"


def problem(detail: str, **more: Any) -> dict[str, Any]:
    return {"detail": detail, "code": "x", "request_id": "req-42", "errors": [], **more}


def test_401_names_where_the_key_is_from(
    logged_in: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.tell("edit", {"id": KEY, "revoked_at": "2026-01-01T00:00:00Z"})
    ran = logged_in("whoami")
    assert ran.status == 3
    assert ran.err == (
        f"error: {server.url} refuses the key you are logged in with: it is unknown, revoked or "
        "expired, or its account is closed. `accounts login` takes another.\n"
    )
    monkeypatch.setenv("ACCOUNTS_API_KEY", FULL_KEY)
    assert "refuses the key in ACCOUNTS_API_KEY" in logged_in("keys", "list").err
    ran = logged_in("login", stdin=FULL_KEY)
    assert ran.status == 3
    assert "refuses the key that you gave" in ran.err


def test_402(logged_in: Command, server: Server) -> None:
    server.answer(402, problem("The balance does not cover this request."), headers=PROBLEM)
    ran = logged_in("keys", "list")
    assert ran.status == 1
    assert ran.err == (
        "error: The balance does not cover this request. `accounts credits` shows the balance.\n"
    )


def test_403_names_the_missing_scope(logged_in: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTS_API_KEY", POOR_KEY)
    ran = logged_in("keys", "list")
    assert ran.status == 1
    assert ran.err.startswith("error: These credentials lack the scope keys:read. Use a key")


def test_404(logged_in: Command) -> None:
    ran = logged_in("keys", "rename", "key_0", "x")
    assert ran.status == 1
    assert ran.err == "error: There is no such key.\n"


def test_409(logged_in: Command) -> None:
    assert logged_in("keys", "rotate", KEY).status == 0
    ran = logged_in("keys", "rotate", KEY)
    assert ran.status == 1
    assert ran.err == "error: Only a key that works can be rotated.\n"


def test_422_lists_each_field(logged_in: Command) -> None:
    ran = logged_in("keys", "create", " ", "--scopes", "fly")
    assert ran.status == 1
    assert ran.err.splitlines() == [
        "error: Some fields have values that cannot be used.",
        "  name: String should have at least 1 character",
        "  scopes: may hold only: account:read, credits:read, credits:write, keys:read, keys:write",
    ]


@pytest.mark.parametrize("errors", [None, "x", ["x"], [{}]])
def test_errors_in_another_shape_are_no_crash(
    errors: object, logged_in: Command, server: Server
) -> None:
    server.answer(422, problem("Wrong.", errors=errors), headers=PROBLEM)
    ran = logged_in("credits")
    assert ran.status == 1
    assert ran.err.startswith("error: Wrong.\n")


def test_500_tells_the_request_id(logged_in: Command, server: Server) -> None:
    server.answer(500, problem("Something went wrong here."), headers=PROBLEM)
    ran = logged_in("credits")
    assert ran.status == 1
    assert ran.err == (
        f"error: {server.url} failed (500): Something went wrong here. "
        "Its operators can find it by the request id req-42.\n"
    )


def test_a_proxys_502_is_not_taken_for_another_api(logged_in: Command, server: Server) -> None:
    headers = {"content-type": "text/html", "x-request-id": "edge-7"}
    server.answer(502, "<h1>Bad gateway</h1>", headers=headers)
    ran = logged_in("credits")
    assert ran.status == 1
    assert ran.err == (
        f"error: {server.url} failed (502 Bad Gateway). "
        "Its operators can find it by the request id edge-7.\n"
    )


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"detail": 7}'])
def test_json_that_is_no_problem_document(body: str, logged_in: Command, server: Server) -> None:
    server.answer(404, body)
    ran = logged_in("credits")
    assert ran.status == 1
    assert "not as the accounts API does: 404, application/json." in ran.err


def test_a_401_that_is_not_the_apis_does_not_blame_the_key(
    logged_in: Command, server: Server
) -> None:
    server.answer(401, "Who are you?", headers={"content-type": "text/plain"})
    ran = logged_in("credits")
    assert ran.status == 1
    assert "not as the accounts API does: 401, text/plain" in ran.err


def test_neither_keys_nor_the_terminals_commands_come_through(
    logged_in: Command, server: Server
) -> None:
    server.answer(400, problem(f"\x1b[2J{FULL_KEY} is wrong."), headers=PROBLEM)
    ran = logged_in("credits")
    assert ran.err == "error: \N{REPLACEMENT CHARACTER}[2Jsk_live_full… is wrong.\n"
