"""What pytest loads. It imports next to nothing, so that coverage sees the imports of the tests."""

import os

import pytest

__all__: list[str] = []

# Settings that a developer's shell may hold and that no test must see.
_FOREIGN = ("DATABASE_", "STORAGE_", "REDIS_", "METRICS_", "HEALTH_", "LOG_", "ALLOW")
_FOREIGN_NAMES = {"DEBUG", "SECRET_KEY", "HOST", "PORT", "MAX_BODY_BYTES", "SECRETS_DIR"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("padstone_app", "the application under test", default="app.main:app")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    # Before any test module is imported, since importing a system reads its settings.
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _FOREIGN_NAMES:
            del os.environ[name]
    os.environ["ENVIRONMENT"] = "test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "committed: the test has a database of its own, in which commits are real"
    )
    config.addinivalue_line(
        "markers", "embedded_s3: needs a storage that enforces signatures, types and sizes"
    )
    config.pluginmanager.import_plugin("padstone.testing.service_fixtures")
    from importlib.util import find_spec

    if (
        find_spec("padstone.auth")
        and find_spec("padstone.storage")
        and find_spec("padstone.migrations")
    ):
        config.pluginmanager.import_plugin("padstone.testing.system_fixtures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PADSTONE_TEST_STORAGE_ENDPOINT_URL" not in os.environ:
        return
    reason = "the storage that was given by URL need not enforce what a presigned URL says"
    for item in items:
        if item.get_closest_marker("embedded_s3"):
            item.add_marker(pytest.mark.skip(reason=reason))
