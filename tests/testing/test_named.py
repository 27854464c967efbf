"""Which application is under test, and with which settings."""

import sys
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI

from padstone.settings import Settings


@pytest.fixture
def things(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    module = ModuleType("things")
    monkeypatch.setitem(sys.modules, "things", module)
    monkeypatch.setitem(request.config._inicache, "padstone_app", "things:app")
    monkeypatch.setitem(request.config._inicache, "padstone_settings", "things:settings")
    return module


# Nobody else here asks for these: the library's tests have no system.
def test_an_application_that_is_none_is_named(request: pytest.FixtureRequest, things: Any) -> None:
    with pytest.raises(pytest.UsageError, match="'things:app', which is no FastAPI"):
        request.getfixturevalue("app")


def test_settings_that_are_none_are_named(request: pytest.FixtureRequest, things: Any) -> None:
    from padstone.testing.named import named

    things.settings = {"PORT": 1}
    with pytest.raises(pytest.UsageError, match="'things:settings', which is no Settings"):
        named(request.config, "padstone_settings", Settings)
    things.settings = Settings(PORT=1)
    assert named(request.config, "padstone_settings", Settings) is things.settings
    assert named(request.config, "padstone_settings", Settings).PORT == 1


def test_any_fastapi_will_do(request: pytest.FixtureRequest, things: Any) -> None:
    from padstone.testing.named import named_app

    things.app = FastAPI()
    assert named_app(request.config) is things.app
