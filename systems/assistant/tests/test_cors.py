"""E3: browsers of a developer's pages may call the API, and those of anybody else may not."""

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.main import app

ORIGIN = "http://localhost:3000"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
SAFE = {
    "SECRET_KEY": "x" * 64,
    "DATABASE_URL": "postgresql+asyncpg://someone:secret@db.example.com/assistant",
    "REDIS_URL": "rediss://:secret@redis.example.com/0",
    "MAIL_URL": "smtps://someone:secret@mail.example.com",
    "MAIL_FROM": "assistant@example.com",
    "PROVIDERS": '[{"name": "e", "kind": "echo", "models": ["echo"]}]',
    "PUBLIC_URL": "https://assistant.example.com",
    "ENCRYPTION_KEYS": "k1:pAwF6EZcVfR2Lww8bjkN8q5GJmWTzQ4wr9o9gXvcfLI=",
}


def test_e3_a_preflight_of_a_developers_page_is_allowed() -> None:
    """GIVEN a page that a developer serves on port 3000
    WHEN its browser asks whether it may post with credentials
    THEN it may, with the headers that the API takes
    """
    answer = TestClient(app).options("/api/v1/auth/login", headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed


def test_e3_an_answer_names_the_origin_that_may_read_it() -> None:
    """GIVEN a page that a developer serves
    WHEN it calls the API
    THEN the answer may be read by that page
    """
    answer = TestClient(app).get("/health", headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize("origin", ["http://localhost:3001", "https://evil.example.com", "null"])
def test_e3_anybody_elses_page_is_refused(origin: str) -> None:
    """GIVEN a page of somebody else
    WHEN its browser asks whether it may call the API
    THEN nothing allows it to
    """
    client = TestClient(app)
    asked = client.options("/api/v1/auth/login", headers={**PREFLIGHT, "Origin": origin})
    called = client.get("/health", headers={"Origin": origin})
    assert asked.status_code == 400
    for answer in (asked, called):
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("environment", ["development", "test"])
def test_e3_developers_origins_are_the_default(environment: str) -> None:
    """GIVEN nothing but the profile of a developer's machine
    WHEN the settings are read
    THEN the usual port of a page under development may call
    """
    assert ORIGIN in Settings(ENVIRONMENT=environment).ALLOWED_ORIGINS


def test_e3_no_origin_is_the_default_where_strangers_are() -> None:
    """GIVEN production without a word about origins
    WHEN the settings are read
    THEN no browser may call
    """
    assert Settings(ENVIRONMENT="production", **SAFE).ALLOWED_ORIGINS == []


def test_e3_the_origins_are_what_is_configured() -> None:
    """GIVEN origins, by commas or as a list
    WHEN the settings are read
    THEN those may call and no others
    """
    for given in (
        "https://a.example.com,https://b.example.com",
        '["https://a.example.com","https://b.example.com"]',
    ):
        settings = Settings(ENVIRONMENT="production", ALLOWED_ORIGINS=given, **SAFE)
        assert settings.ALLOWED_ORIGINS == ["https://a.example.com", "https://b.example.com"]
