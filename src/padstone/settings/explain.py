"""Where each value came from, for a person who wonders."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, SecretsSettingsSource

from padstone.settings.base import PROFILES, Settings, reads_env_file, secret_folder

__all__ = ["Explained", "explain"]

MASK = "********"


class Explained(NamedTuple):
    """One setting: its value as text, secrets masked, and the place it came from."""

    name: str
    value: str
    source: str
    description: str


def explain(settings: Settings) -> list[Explained]:
    """Every setting of ``settings`` in order of declaration."""
    given = _given(type(settings))
    profile = PROFILES[settings.ENVIRONMENT]
    rows = []
    for name, field in type(settings).model_fields.items():
        source = next((label for label, values in given if name in values), None)
        if source is None:
            source = f"profile {settings.ENVIRONMENT}" if name in profile else "default"
        value = _shown(getattr(settings, name), field)
        rows.append(Explained(name, value, source, field.description or ""))
    return rows


def _given(cls: type[Settings]) -> list[tuple[str, set[str]]]:
    folder = secret_folder()
    sources: list[tuple[str, Any]] = [("environment", EnvSettingsSource(cls))]
    if reads_env_file():
        sources.append((".env", DotEnvSettingsSource(cls)))
    if folder is not None:
        sources.append((str(folder), SecretsSettingsSource(cls, secrets_dir=folder)))
    fields = cls.model_fields
    return [
        (label, {name for name, field in fields.items() if _names(name, field) & set(source())})
        for label, source in sources
    ]


def _names(name: str, field: FieldInfo) -> set[str]:
    choices = getattr(field.validation_alias, "choices", ())
    return {name, *map(str, choices)}


def _shown(value: Any, field: FieldInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    extra = field.json_schema_extra
    if isinstance(extra, dict) and extra.get("secret") == "url":
        return _without_password(str(value))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    user = f"{user.split(':')[0]}:{MASK}" if ":" in user else user
    # A query may carry a password too (`?password=`), and nothing else in it matters here.
    return urlunsplit((parts.scheme, f"{user}{at}{host}", parts.path, "", ""))
