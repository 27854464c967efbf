"""Browsers of other origins (C8)."""

from collections.abc import Callable
from typing import Any

import pytest

from padstone.settings import Settings

MakeClient = Callable[..., Any]


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def _settings() -> Settings:
    return Settings(ALLOWED_ORIGINS=["https://app.example.com"])


async def test_a_configured_origin_may_call(started: MakeClient) -> None:
    async with started(settings=_settings()) as client:
        headers = {"Origin": "https://app.example.com", **PREFLIGHT}
        answer = await client.options("/health/live", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"


async def test_a_stream_may_be_followed_on_by_a_script(started: MakeClient) -> None:
    # EventSource needs no leave for the header, and a client that is written with fetch does.
    asked = {**PREFLIGHT, "Access-Control-Request-Headers": "last-event-id"}
    async with started(settings=_settings()) as client:
        headers = {"Origin": "https://app.example.com", **asked}
        answer = await client.options("/health/live", headers=headers)
    assert answer.status_code == 200
    assert "Last-Event-ID" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "https://app.example.com:444",
        "null",
        "https://APP.example.com",
    ],
)
async def test_no_other_origin_is_reflected(started: MakeClient, origin: str) -> None:
    async with started(settings=_settings()) as client:
        preflight = await client.options("/health/live", headers={"Origin": origin, **PREFLIGHT})
        simple = await client.get("/health/live", headers={"Origin": origin})
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in simple.headers


async def test_errors_can_be_read_by_a_configured_origin(started: MakeClient) -> None:
    async with started(settings=_settings()) as client:
        answer = await client.post(
            "/nowhere",
            content=b"x" * 2_000_000,
            headers={"Origin": "https://app.example.com"},
        )
    assert answer.status_code >= 400
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
