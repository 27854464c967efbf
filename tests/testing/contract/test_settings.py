"""Settings that are not listed, and settings that are let through."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from pydantic import Field

from contracted import ThingsWorld
from padstone.settings import DatabaseSettings, SettingProblem, env_example
from padstone.testing.contract import settings

APP = """
from typing import ClassVar
from padstone.settings import DatabaseSettings


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "things"


settings = Settings()
"""


class Things(DatabaseSettings):
    SYSTEM: ClassVar[str] = "things"


class Careless(Things):
    """Nothing is a problem to it."""

    def problems(self) -> Iterator[SettingProblem]:
        yield from ()


class Debugged(Things):
    """Debugging where strangers are is none to it."""

    def problems(self) -> Iterator[SettingProblem]:
        return (one for one in super().problems() if one.name != "DEBUG")


class Needy(Things):
    """It needs one more, of which the library cannot know."""

    TOKEN: str | None = Field(None, description="A token.")

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.is_deployed and self.TOKEN is None:
            yield SettingProblem("TOKEN", "is not set.")


class Knowing(ThingsWorld):
    safe: ClassVar[dict[str, str]] = {"TOKEN": "t"}


def app_with(kind: type[DatabaseSettings]) -> Any:
    return SimpleNamespace(settings=kind(DATABASE_URL="postgresql://u:p@h/d"))


def test_settings_as_they_should_be() -> None:
    for environment in settings.DEPLOYED:
        settings.test_c5_safe_settings_start(app_with(Things), ThingsWorld, environment)
        settings.test_c5_one_unsafe_setting_is_refused(app_with(Things), ThingsWorld, environment)


@pytest.mark.parametrize("kind", [Careless, Debugged])
def test_a_setting_that_is_let_through(kind: type[DatabaseSettings]) -> None:
    with pytest.raises(AssertionError):
        settings.test_c5_one_unsafe_setting_is_refused(app_with(kind), ThingsWorld, "production")


def test_a_setting_of_the_systems_own() -> None:
    with pytest.raises(AssertionError, match=r"TOKEN [\s\S]*safe = \{…\}"):
        settings.test_c5_safe_settings_start(app_with(Needy), ThingsWorld, "production")
    settings.test_c5_safe_settings_start(app_with(Needy), Knowing, "production")
    settings.test_c5_one_unsafe_setting_is_refused(app_with(Needy), Knowing, "production")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    folder = tmp_path / "system"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "settings_of_things.py").write_text(APP)
    (folder / ".env.example").write_text(env_example(Things))
    return folder


def test_an_example_that_drifted(system: Path) -> None:
    settings.test_c4_the_example_lists_every_setting(app_with(Things), system)
    with pytest.raises(AssertionError, match="padstone settings --example"):
        settings.test_c4_the_example_lists_every_setting(app_with(Needy), system)


class Shown(Things):
    __module__ = "app.settings_of_things"


async def test_an_example_that_changes_something(system: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    await settings.test_c4_a_copied_example_changes_nothing(app_with(Shown), system, first)
    example = system / ".env.example"
    example.write_text(f"{example.read_text()}\nPORT=9999\n")
    with pytest.raises(AssertionError):
        await settings.test_c4_a_copied_example_changes_nothing(app_with(Shown), system, second)


async def test_problems_that_are_not_named_or_shown_with_their_values(system: Path) -> None:
    await settings.test_c5_all_problems_are_named_at_once(app_with(Shown), system)
    module = system / "app" / "settings_of_things.py"
    module.write_text(f"import os\nprint(os.environ)\n{APP}")
    module.write_text(APP.replace("settings = Settings()", "settings = Settings(DEBUG=False)"))
    with pytest.raises(AssertionError, match="DEBUG is not named"):
        await settings.test_c5_all_problems_are_named_at_once(app_with(Shown), system)
    module.write_text(f"import os, sys\nprint(os.environ['PORT'], file=sys.stderr)\n{APP}")
    with pytest.raises(AssertionError, match="c4n4ry"):
        await settings.test_c5_all_problems_are_named_at_once(app_with(Shown), system)
