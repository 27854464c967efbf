"""The plugin loads by itself, costs nothing, and lets nothing foreign into a test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable

import pytest

from padstone.settings import DatabaseSettings, StorageSettings
from padstone.testing import plugin


class Everything(DatabaseSettings, StorageSettings):
    SYSTEM = "everything"


def names() -> Iterable[str]:
    yield from Everything.model_fields
    yield from ("DATABASE_ASYNC_URL", "SECRETS_DIR", "REDIS_URL")


def test_no_setting_of_a_developers_shell_reaches_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.setenv(name, "c4n4ry")
        monkeypatch.setenv(name.lower(), "c4n4ry")
    monkeypatch.setenv("PADSTONE_TEST_DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("MY_DATABASE_URL", "mine")
    plugin.pytest_load_initial_conftests()
    assert [name for name, value in os.environ.items() if value == "c4n4ry"] == []
    assert os.environ["ENVIRONMENT"] == "test"
    assert os.environ["PADSTONE_TEST_DATABASE_URL"] == "postgresql://u:p@h/d"
    assert os.environ["MY_DATABASE_URL"] == "mine"


def test_a_run_that_wants_no_fixture_of_ours_imports_nothing_for_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("SECRET_KEY", "short")
    pytester.makepyfile(
        conftest="""
            import os
            SEEN = os.environ["ENVIRONMENT"], "SECRET_KEY" in os.environ
        """,
        test_plain="""
            import sys
            from conftest import SEEN

            def test_the_environment_was_ready_before_anything_was_imported():
                assert SEEN == ("test", False)

            def test_nothing_heavy_is_there():
                heavy = {"fastapi", "sqlalchemy", "pydantic", "boto3", "asyncpg", "alembic"}
                assert heavy & set(sys.modules) == set()
        """,
    )
    result = pytester.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=2)


def test_what_a_test_starts_can_be_interrupted_in_the_background_of_a_script_too(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import signal, subprocess, sys

        def test_a_child_ends_at_ctrl_c():
            with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, stderr=-1) as child:
                child.send_signal(signal.SIGINT)
                assert child.wait(60) == -signal.SIGINT
        """
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:schemathesis", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        cwd=pytester.path,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_markers_are_known_and_fixtures_described(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--markers", "-p", "no:schemathesis")
    result.stdout.fnmatch_lines(["@pytest.mark.committed: *", "@pytest.mark.embedded_s3: *"])


class Item:
    """As much of a test as the plugin looks at."""

    def __init__(self, markers: set[str]) -> None:
        self._markers = markers
        self.skipped = False

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self._markers else None

    def add_marker(self, marker: pytest.MarkDecorator) -> None:
        self.skipped = marker.name == "skip"


@pytest.mark.parametrize("given", [True, False])
def test_what_only_the_embedded_storage_enforces_is_skipped_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
    given: bool,  # noqa: FBT001
) -> None:
    monkeypatch.delenv("PADSTONE_TEST_STORAGE_ENDPOINT_URL", raising=False)
    if given:
        monkeypatch.setenv("PADSTONE_TEST_STORAGE_ENDPOINT_URL", "https://s3.example")
    signed, plain = Item({"embedded_s3"}), Item(set())
    plugin.pytest_collection_modifyitems([signed, plain])  # type: ignore[list-item]
    assert (signed.skipped, plain.skipped) == (given, False)
