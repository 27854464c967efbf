"""What pytest loads, wherever ``padstone[test]`` is installed.

It imports next to nothing, and its fixtures import what they need when they are first asked for: a
test run that wants none of them does not wait for them.
"""

import os

import pytest

__all__: list[str] = []

# Settings that a developer's shell may hold and that no test must see.
_FOREIGN = ("DATABASE_", "STORAGE_", "REDIS_", "METRICS_", "HEALTH_", "SHUTDOWN_", "LOG_", "ALLOW")
_FOREIGN_NAMES = {"DEBUG", "SECRET_KEY", "HOST", "PORT", "MAX_BODY_BYTES", "SECRETS_DIR"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("padstone_app", "the application under test", default="app.main:app")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    # Before any test module is imported, since importing a system reads its settings.
    for name in list(os.environ):
        # Settings are read whatever the case of the variable's name.
        if name.upper().startswith(_FOREIGN) or name.upper() in {*_FOREIGN_NAMES, "ENVIRONMENT"}:
            del os.environ[name]
    os.environ["ENVIRONMENT"] = "test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "committed: the test has a database of its own, in which commits are real"
    )
    config.addinivalue_line(
        "markers", "embedded_s3: needs a storage that enforces signatures, types and sizes"
    )
    for name in ("service_fixtures", "system_fixtures"):
        config.pluginmanager.import_plugin(f"padstone.testing.{name}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PADSTONE_TEST_STORAGE_ENDPOINT_URL" not in os.environ:
        return
    reason = "the storage that was given by URL need not enforce what a presigned URL says"
    for item in items:
        if item.get_closest_marker("embedded_s3"):
            item.add_marker(pytest.mark.skip(reason=reason))
