"""A copied .env.example changes nothing, and holds everything."""

from typing import Any, ClassVar

import pytest
from pydantic import Field, SecretStr

from padstone.settings import DatabaseSettings, StorageSettings, env_example
from padstone.settings.base import DEVELOPMENT_SECRET_KEY, PROFILES


class Shop(DatabaseSettings, StorageSettings):
    SYSTEM: ClassVar[str] = "shop"

    NAMES: list[str] = Field(default_factory=lambda: ["a", "b"], description="Some names.")
    API_KEY: SecretStr = Field(SecretStr("canary"), description="A secret with a default.")
    RATIO: float = Field(0.5, description="A fraction.")
    SHARES: dict[str, tuple[int, int]] = Field({"a*": (1, 2)}, description="A mapping.")


@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_a_copy_starts_with_the_values_of_an_empty_environment(
    world: Any, environment: str
) -> None:
    if environment != "development":
        world.env(ENVIRONMENT=environment, **world.safe)
    before = Shop()
    world.dotenv(env_example(Shop))
    after = Shop()
    assert before == after
    assert repr(before) == repr(after)


def test_every_setting_is_there_once_with_its_description() -> None:
    lines = env_example(Shop).splitlines()
    names = [line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")]
    assert names == list(Shop.model_fields)
    for field in Shop.model_fields.values():
        assert f"# {field.description}" in lines


def test_what_a_profile_decides_is_said_and_left_to_it() -> None:
    text = env_example(Shop)
    for name in {name for values in PROFILES.values() for name in values} & set(Shop.model_fields):
        assert f"\n{name}=\n" in text
    assert "# Default: false (development: true; test: true).\nDEBUG=\n" in text
    assert "# Default: INFO (test: WARNING).\nLOG_LEVEL=\n" in text


def test_defaults_are_shown_and_secrets_are_not() -> None:
    text = env_example(Shop)
    assert "\nPORT=8000\n" in text
    assert "\nNAMES=a,b\n" in text
    assert "\nRATIO=0.5\n" in text
    assert '\nSHARES={"a*":[1,2]}\n' in text
    assert "\nSECRET_KEY=\n" in text
    assert "canary" not in text
    assert DEVELOPMENT_SECRET_KEY not in text
