"""Each value tells where it came from, and no secret is told."""

from typing import Any

import pytest
from pydantic import SecretStr

from padstone.settings import DatabaseSettings, Explained, StorageSettings, explain


class Shop(DatabaseSettings, StorageSettings):
    SYSTEM = "shop"


def explained(settings: Shop) -> dict[str, Explained]:
    return {row.name: row for row in explain(settings)}


def test_every_setting_is_there_in_order_and_described(world: Any) -> None:
    rows = explain(Shop())
    assert [row.name for row in rows] == list(Shop.model_fields)
    assert all(row.description for row in rows)


def test_sources(world: Any) -> None:
    secret = world.secret_file("database_async_url", world.url)
    world.dotenv("HOST=0.0.0.0\nPORT=2\nALLOW_CREDENTIALS=\n")
    world.env(PORT="1", LOG_LEVEL="")
    rows = explained(Shop(MAX_BODY_BYTES=2048))
    assert {name: (rows[name].value, rows[name].source) for name in rows} | {} == {
        **{name: (rows[name].value, "default") for name in rows},
        "ENVIRONMENT": ("development", "default"),
        "DEBUG": ("true", "profile development"),
        "ALLOWED_ORIGINS": ("http://localhost:3000,http://localhost:5173", "profile development"),
        "LOG_FORMAT": ("console", "profile development"),
        "PORT": ("1", "environment"),
        "HOST": ("0.0.0.0", ".env"),  # noqa: S104  # nothing is bound
        "MAX_BODY_BYTES": ("2048", "argument"),
        "DATABASE_URL": (
            "postgresql+asyncpg://someone:********@db.example:5432/shop",
            str(secret.parent),
        ),
    }
    assert rows["ALLOW_CREDENTIALS"].value == "false"
    assert rows["METRICS_TOKEN"].value == ""


def test_a_database_by_its_other_name(world: Any) -> None:
    world.env(DATABASE_ASYNC_URL=world.url)
    assert explained(Shop())["DATABASE_URL"].source == "environment"


def test_a_test_does_not_claim_to_have_read_env(world: Any) -> None:
    world.dotenv("PORT=2\n")
    world.env(ENVIRONMENT="test")
    row = explained(Shop())["PORT"]
    assert (row.value, row.source) == ("8000", "default")


def test_secrets_are_masked(world: Any) -> None:
    world.env(METRICS_TOKEN="canary", DATABASE_DIRECT_URL=world.url, **world.safe)
    rows = explained(Shop())
    assert "canary" not in str(rows)
    for name, field in Shop.model_fields.items():
        if "SecretStr" in str(field.annotation):
            assert rows[name].value == "********"
            assert isinstance(getattr(Shop(), name), SecretStr)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://u:canary@h/d", "postgresql+asyncpg://u:********@h/d"),
        ("postgres://u:can:ary@h/d", "postgresql+asyncpg://u:********@h/d"),
        ("postgres://:canary@h/d", "postgresql+asyncpg://:********@h/d"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgres://[::1]:5/d", "postgresql+asyncpg://[::1]:5/d"),
        ("postgres:///d", "postgresql+asyncpg:///d"),
        ("postgres://u:canary@/d?host=/run", "postgresql+asyncpg://u:********@/d?host=/run"),
        (
            "postgres://h/d?user=u&password=canary&port=1",
            "postgresql+asyncpg://h/d?user=u&password=********&port=1",
        ),
        ("postgres://h/d?password=canary", "postgresql+asyncpg://h/d?password=********"),
    ],
)
def test_a_url_is_shown_without_its_password(world: Any, url: str, shown: str) -> None:
    assert explained(Shop(DATABASE_URL=url))["DATABASE_URL"].value == shown
