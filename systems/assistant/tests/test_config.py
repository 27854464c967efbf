import pytest

from app.core.config import Settings


def test_settings_loads_from_env(monkeypatch):
    """GIVEN environment variables set
    WHEN Settings is instantiated
    THEN it should load configuration"""
    monkeypatch.setenv("API_VERSION", "v1")
    monkeypatch.setenv("DEBUG", "true")

    settings = Settings()
    assert settings.API_VERSION == "v1"
    assert settings.DEBUG is True


def test_settings_validates_required_fields():
    """GIVEN missing required environment variables
    WHEN Settings is instantiated
    THEN it should raise validation error"""
    with pytest.raises(ValueError):
        Settings(SECRET_KEY="")  # Empty secret key should fail
