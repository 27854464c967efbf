"""Where each value came from, for a person who wonders."""

import json
import re
from typing import Any, NamedTuple

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from padstone.settings.base import PROFILES, Settings, names_of, reads_env_file
from padstone.settings.secret_files import SecretFiles, secret_folder

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
        source = next((label for label, names in given if name in names), None)
        if source is None and name in profile:
            source = f"profile {settings.ENVIRONMENT}"
        elif source is None:
            source = "argument" if name in settings.model_fields_set else "default"
        value = _shown(getattr(settings, name), field)
        rows.append(Explained(name, value, source, field.description or ""))
    return rows


def _given(cls: type[Settings]) -> list[tuple[str, set[str]]]:
    sources: list[tuple[str, PydanticBaseSettingsSource]] = [
        ("environment", EnvSettingsSource(cls))
    ]
    if reads_env_file():
        sources.append((".env", DotEnvSettingsSource(cls)))
    if (folder := secret_folder()) is not None:
        sources.append((str(folder), SecretFiles(cls, secrets_dir=folder)))
    given = []
    for label, source in sources:
        found = set(source())
        given.append((label, {name for name in cls.model_fields if names_of(cls, name) & found}))
    return given


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
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_password(url: str) -> str:
    # The settings have refused whatever is not of this form.
    url = re.sub(r"(?<=://)([^:@/]*):[^@/]*(?=@)", rf"\1:{MASK}", url)
    return re.sub(r"(?<=[?&]password=)[^&]*", MASK, url)
