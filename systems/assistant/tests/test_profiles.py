"""E2: settings are validated before anything starts, and each profile is safe for where it runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from test_cors import SAFE

from app.core.config import Settings
from padstone.settings import SettingsError
from padstone.testing.processes import bare_environment

FOLDER = Path(__file__).resolve().parents[1]


def test_e2_the_seeds_defaults() -> None:
    """GIVEN an empty environment
    WHEN the settings are read
    THEN they are those that the seed names
    """
    settings = Settings(ENVIRONMENT="development")
    assert settings.API_VERSION == "v1"
    assert settings.PORT == 8003
    assert Settings.model_fields["DEBUG"].default is False


@pytest.mark.parametrize("key", ["", "hunter2", "x" * 31])
def test_e2_an_empty_or_short_secret_key_is_refused(key: str) -> None:
    """GIVEN a secret key that could be guessed
    WHEN the settings are read
    THEN they are refused, without the key in the message
    """
    with pytest.raises(SettingsError, match="SECRET_KEY") as raised:
        Settings(SECRET_KEY=key)
    assert not key or key not in str(raised.value)


@pytest.mark.parametrize("version", ["", "x" * 41])
def test_e2_a_version_that_cannot_be_is_refused(version: str) -> None:
    """GIVEN a version that nobody could read
    WHEN the settings are read
    THEN they are refused
    """
    with pytest.raises(SettingsError, match="API_VERSION"):
        Settings(API_VERSION=version)


@pytest.mark.parametrize(
    ("environment", "form"),
    [("development", "console"), ("staging", "json"), ("production", "json")],
)
def test_e2_each_profile_has_its_defaults(environment: str, form: str) -> None:
    """GIVEN each of the three profiles with safe values
    WHEN the settings are read
    THEN strangers see no more than they should
    """
    settings = Settings(ENVIRONMENT=environment, **SAFE)
    assert settings.DEBUG is (environment == "development")
    assert settings.LOG_FORMAT == form


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_e2_unsafe_values_are_refused_all_at_once(environment: str) -> None:
    """GIVEN a deployment of which nothing was configured
    WHEN the settings are read
    THEN everything that lacks is named in one message
    """
    with pytest.raises(SettingsError) as raised:
        Settings(ENVIRONMENT=environment, DEBUG=True)
    for name in ("SECRET_KEY", "DATABASE_URL", "MAIL_URL", "ENCRYPTION_KEYS", "DEBUG"):
        assert name in str(raised.value), name


def test_e2_a_server_with_bad_settings_says_so_and_ends() -> None:
    """GIVEN a secret key that is too short
    WHEN a server is started
    THEN it ends with 1 and one message, with no traceback and no value
    """
    done = subprocess.run(
        [sys.executable, "app/main.py"],
        cwd=FOLDER,
        env=bare_environment(SECRET_KEY="hunter2", ALLOWED_ORIGINS="ftp://x"),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "SECRET_KEY" in said
    assert "ALLOWED_ORIGINS" in said
    assert "Traceback" not in said
    assert "hunter2" not in said
