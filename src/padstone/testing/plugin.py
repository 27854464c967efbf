"""What pytest loads, wherever ``padstone[test]`` is installed.

It imports next to nothing, and its fixtures import what they need when they are first asked for: a
test run that wants none of them does not wait for them.
"""

import os
import secrets
import signal
from collections.abc import Generator
from typing import Any

import pytest

from padstone.extras import MissingExtraError, require

__all__ = ["RUN"]

# Tests that a system takes over explain their assertions as its own do.
pytest.register_assert_rewrite("padstone.testing.contract")

RUN = pytest.StashKey[str]()
"""What the names of everything hold that this test run makes, in whichever of its processes."""

# Settings that a developer's shell may hold and that no test must see.
_FOREIGN = (
    *("ALLOW", "DATABASE_", "EXPRESS_", "HEALTH_", "JOBS_", "LOG_", "MAIL_", "METRICS_", "REDIS_"),
    *("OUTBOUND_", "PROVIDER", "RATE_LIMIT_", "SHUTDOWN_", "STORAGE_", "STREAM_", "TRUSTED_"),
)
_FOREIGN_NAMES = {"DEBUG", "SECRET_KEY", "HOST", "PORT", "MAX_BODY_BYTES", "SECRETS_DIR"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("padstone_app", "the application under test", default="app.main:app")
    parser.addini(
        "padstone_settings",
        "its settings, where create_app has not made it",
        default="app.core.config:settings",
    )
    parser.addini("padstone_world", "what only the system knows", default="world:World")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    # Before any test module is imported, since importing a system reads its settings.
    for name in list(os.environ):
        # Settings are read whatever the case of the variable's name.
        if name.upper().startswith(_FOREIGN) or name.upper() in {*_FOREIGN_NAMES, "ENVIRONMENT"}:
            del os.environ[name]
    os.environ["ENVIRONMENT"] = "test"
    if lane := os.environ.get("PADSTONE_TEST_EXPRESS_LANE"):
        os.environ["EXPRESS_LANE"] = lane
    # A run in the background of a script inherits an ignored Ctrl-C and would hand it on to the
    # processes that tests start, which then could not be interrupted.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RUN] = _input(config).get("padstone_run") or secrets.token_hex(4)
    config.addinivalue_line(
        "markers", "committed: the test has a database of its own, in which commits are real"
    )
    config.addinivalue_line(
        "markers", "embedded_s3: needs a storage that enforces signatures, types and sizes"
    )
    for name in () if _lacks() else ("service_fixtures", "system_fixtures", "contract_fixtures"):
        config.pluginmanager.import_plugin(f"padstone.testing.{name}")


def pytest_report_header() -> str | None:
    """Whoever has the package and not its extra may well run tests without these fixtures."""
    return _lacks()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PADSTONE_TEST_STORAGE_ENDPOINT_URL" not in os.environ:
        return
    reason = "the storage that was given by URL need not enforce what a presigned URL says"
    for item in items:
        if item.get_closest_marker("embedded_s3"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """A process of this run is about to be started, by xdist."""
    node.workerinput["padstone_run"] = node.config.stash[RUN]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    yield  # fixtures end, and the processes of xdist do
    config = session.config
    names = ("DATABASE_URL", "REDIS_URL", "STORAGE_ENDPOINT_URL")
    given = {f"PADSTONE_TEST_{name}" for name in names} & set(os.environ)
    if not given or _input(config) or config.option.collectonly:
        return
    from padstone.testing.cleaning import clean

    try:
        clean(config.stash[RUN])
    except Exception as error:  # noqa: BLE001  # whatever the servers had, it is to be said
        config.get_terminal_writer().line(
            f"error: what the tests made is left on the servers that were given, in databases, "
            f"keys and buckets whose names hold {config.stash[RUN]}: {error}"
        )
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def _lacks() -> str | None:
    try:
        require("test")
    except MissingExtraError as error:
        return error.detail
    return None


def _input(config: pytest.Config) -> dict[str, Any]:
    """What this process was told by the one that started it; empty where that is nobody."""
    return getattr(config, "workerinput", {})
