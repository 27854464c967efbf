"""F6 and F8, security: nothing secret in a log line, nobody in without credentials that count."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from browser import PASSWORD
from people import SignedIn, SignIn

from app.core import database, logging
from app.main import app
from padstone.db import SessionDep
from padstone.log import configure
from padstone.testing.servers import ServerProcess

FOLDER = Path(__file__).resolve().parents[1]


def test_f8_security_bandits_rules_find_nothing() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "S", "app"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_f8_security_every_operation_but_signing_in_asks_who_is_calling() -> None:
    open_operations = {
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
        if not operation.get("security")
    }
    assert open_operations == {
        *("get_health", "get_liveness", "get_readiness"),
        *("log_in", "refresh_tokens", "sign_in"),
        *("forgot_password", "reset_password", "verify_email", "resend_verification"),
    }


async def test_f8_security_an_analyst_is_kept_from_what_an_admin_does(
    client: httpx2.AsyncClient, analyst: SignedIn, signed_in: SignIn
) -> None:
    other = await signed_in()
    path = f"/api/v1/users/{other.user.id}"
    for method, url in (
        ("GET", "/api/v1/users"),
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/suspend"),
        ("POST", f"{path}/restore"),
    ):
        answer = await client.request(method, url, headers=analyst.headers)
        assert answer.status_code == 403


async def test_f8_security_a_guessed_password_locks_the_address(client: httpx2.AsyncClient) -> None:
    entry = {"email": "someone@example.com", "password": "wrong password, surely"}
    answers = [(await client.post("/api/v1/auth/login", json=entry)).status_code for _ in range(12)]
    assert answers[:10] == [401] * 10
    assert answers[-1] == 429


@pytest.mark.committed
async def test_f6_log_lines_are_json_with_levels_and_without_secrets(
    server: Callable[..., Awaitable[list[ServerProcess]]], analyst: SignedIn
) -> None:
    [one] = await server(LOG_FORMAT="json", LOG_LEVEL="INFO")
    async with httpx2.AsyncClient(base_url=one.url) as client:
        await client.get("/api/v1/prompts", headers=analyst.headers)
        entry = {"email": "someone@example.com", "password": PASSWORD}
        await client.post("/api/v1/auth/login", json=entry)
    await one.stop()
    written = one.log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    [line] = [one for one in lines if one.get("route") == "/api/v1/prompts"]
    assert line.keys() >= {"time", "level", "event", "request_id", "method", "status"}
    assert (line["level"], line["status"]) == ("info", 200)
    assert line["actor"].startswith("jwt:")
    token = analyst.headers["Authorization"].removeprefix("Bearer ")
    for secret in (PASSWORD, token):
        assert secret not in written


def test_f6_the_doors_lead_to_the_library() -> None:
    assert logging.configure is configure
    assert database.SessionDep is SessionDep
