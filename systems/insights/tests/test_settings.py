"""F3: settings from the environment and from files of secrets, in several environments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.config import Settings
from app.main import app
from padstone.settings import SettingsError
from padstone.testing.processes import bare_environment

FOLDER = Path(__file__).resolve().parents[1]
_SHOW = (
    "from app.core.config import settings as s; "
    "print(s.ENVIRONMENT, len(s.SECRET_KEY.get_secret_value()))"
)
NEEDED = {
    "DATABASE_URL",
    "MAIL_URL",
    "PUBLIC_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "STORAGE_ACCESS_KEY",
    "STORAGE_ENDPOINT_URL",
    "STORAGE_SECRET_KEY",
}


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_f3_what_a_deployment_lacks_is_named_at_once(environment: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(ENVIRONMENT=environment)
    assert {problem.name for problem in caught.value.problems} >= NEEDED


@pytest.mark.parametrize("environment", ["development", "test"])
def test_f3_development_needs_nothing(environment: str) -> None:
    assert Settings(ENVIRONMENT=environment).DATABASE_URL is None


def test_f3_a_session_is_idle_for_no_longer_than_it_lives() -> None:
    with pytest.raises(SettingsError, match="BROWSER_SESSION_IDLE_SECONDS"):
        Settings(BROWSER_SESSION_IDLE_SECONDS=600, BROWSER_SESSION_SECONDS=60)


def test_f3_a_secret_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "SECRET_KEY").write_text("f" * 57 + "\n")
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW],
        cwd=FOLDER,
        env={**bare_environment(), "SECRETS_DIR": os.fspath(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.split() == ["development", "57"], shown.stderr


def test_f3_the_application_is_what_it_says() -> None:
    assert (app.title, app.version) == ("Insights", "0.1.0")
    assert Settings.model_fields["PORT"].default == 8004
