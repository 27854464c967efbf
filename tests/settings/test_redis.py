"""A system with Redis knows which, and is not let out with one that anybody may use."""

import pytest

from padstone.settings import RedisSettings, explain

from .conftest import World

DEPLOYED = {"ENVIRONMENT": "production", "SECRET_KEY": "k" * 40}


def test_development_needs_none(world: World) -> None:
    settings = RedisSettings()
    assert (settings.REDIS_URL, settings.REDIS_TIMEOUT_SECONDS) == (None, 0.25)


def test_tests_are_patient(world: World) -> None:
    world.env(ENVIRONMENT="test")
    assert RedisSettings().REDIS_TIMEOUT_SECONDS == 5


def test_a_deployed_system_needs_one(world: World) -> None:
    world.env(**DEPLOYED)
    assert list(world.problems(RedisSettings)) == ["REDIS_URL"]


@pytest.mark.parametrize(
    "url",
    [
        "rediss://u:p@redis.example/0",
        "redis://:p@10.0.0.1:6379",
        "redis://localhost",
        "redis://127.0.0.1:6380/1",
        "redis://[::1]/0",
    ],
)
def test_what_a_deployed_system_may_have(world: World, url: str) -> None:
    world.env(**DEPLOYED, REDIS_URL=url)
    assert url == RedisSettings().REDIS_URL


@pytest.mark.parametrize("url", ["redis://redis.example/0", "rediss://user@redis.example"])
def test_one_without_a_password_is_everybodys(world: World, url: str) -> None:
    world.env(**DEPLOYED, REDIS_URL=url)
    assert "has no password" in world.problems(RedisSettings)["REDIS_URL"]


@pytest.mark.parametrize("prefix", ["a b", "a*", "a" * 65, "ä"])
def test_a_prefix_is_plain(world: World, prefix: str) -> None:
    problem = world.problems(RedisSettings, REDIS_PREFIX=prefix)["REDIS_PREFIX"]
    assert "at most 64 letters" in problem


def test_authorities_must_be_readable(world: World) -> None:
    gone = str(world.folder / "gone.pem")
    assert list(world.problems(RedisSettings, REDIS_SSL_ROOT_CERT=gone)) == ["REDIS_SSL_ROOT_CERT"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_TIMEOUT_SECONDS", 0),
        ("REDIS_RETRY_SECONDS", 0),
        ("REDIS_POOL_SIZE", 0),
        ("RATE_LIMIT_FALLBACK_SHARE", 0),
        ("RATE_LIMIT_FALLBACK_SHARE", 1.1),
    ],
)
def test_numbers_that_make_no_sense(world: World, name: str, value: float) -> None:
    assert list(world.problems(RedisSettings, **{name: value})) == [name]


def test_the_password_is_not_shown(world: World) -> None:
    settings = RedisSettings(REDIS_URL="redis://:canary@redis.example:6379/0")
    assert "canary" not in repr(settings)
    shown = {row.name: row.value for row in explain(settings)}
    assert "canary" not in shown["REDIS_URL"]
    assert "redis.example" in shown["REDIS_URL"]
