"""What can be configured while the system runs: each key, its type, its default, whose it is.

Settings of the environment say how a process runs; these say how the team works, and the people
change them by the API.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter

__all__ = ["KEYS", "ConfigurationKey", "ConfigurationName"]

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ConfigurationName(StrEnum):
    """The names of the keys."""

    DEFAULT_MODEL = "analysis.default_model"
    LANGUAGE = "analysis.language"
    MAX_FINDINGS = "analysis.max_findings"
    EXCLUDED = "files.excluded"
    RETENTION_DAYS = "files.retention_days"
    REPORT_FORMAT = "report.format"


@dataclass(frozen=True, slots=True)
class ConfigurationKey:
    """One key. ``is_personal`` says whether a user may have a value of their own."""

    name: ConfigurationName
    adapter: TypeAdapter[Any]
    default: Any
    is_personal: bool
    description: str


def _key(
    name: ConfigurationName, kind: Any, default: Any, *, personal: bool, description: str
) -> tuple[ConfigurationName, ConfigurationKey]:
    # Strict, so that "5" is no number and 1 is not true; a list of texts stays what it is.
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True))
    return name, ConfigurationKey(name, adapter, default, personal, description)


KEYS: dict[ConfigurationName, ConfigurationKey] = dict(
    (
        _key(
            ConfigurationName.DEFAULT_MODEL,
            Annotated[str, StringConstraints(min_length=1, max_length=200)] | None,
            None,
            personal=True,
            description="The model of analyses that name none; null takes the first that there is.",
        ),
        _key(
            ConfigurationName.LANGUAGE,
            Literal["de", "en", "es", "fr", "pt"],
            "en",
            personal=True,
            description="The language in which results are written.",
        ),
        _key(
            ConfigurationName.MAX_FINDINGS,
            Annotated[int, Field(ge=1, le=200)],
            20,
            personal=True,
            description="How many findings one criterion lists at most.",
        ),
        _key(
            ConfigurationName.EXCLUDED,
            Annotated[list[Pattern], Field(max_length=100)],
            [".git", "node_modules", "__pycache__", ".venv", "dist", "build", "*.min.js"],
            personal=True,
            description="Names of files and folders that an upload leaves out; * stands for any.",
        ),
        _key(
            ConfigurationName.RETENTION_DAYS,
            Annotated[int, Field(ge=1, le=365)],
            30,
            personal=False,
            description="How many days uploaded files are kept.",
        ),
        _key(
            ConfigurationName.REPORT_FORMAT,
            Literal["markdown", "html"],
            "markdown",
            personal=True,
            description="The form of a report that is asked for without one.",
        ),
    )
)
"""Every key, in the order in which they are shown."""
