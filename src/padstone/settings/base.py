"""The settings that every system has, and the way all settings are read and checked."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from padstone.settings.problems import SettingProblem, SettingsError, from_validation

__all__ = [
    "DEVELOPMENT_SECRET_KEY",
    "PROFILES",
    "Environment",
    "Settings",
    "reads_env_file",
    "secret_folder",
]

Environment = Literal["development", "test", "staging", "production"]

DEVELOPMENT_SECRET_KEY = "insecure-development-key-never-use-it-anywhere-else"  # noqa: S105
MIN_SECRET_LENGTH = 32

# What a profile sets unless the variable itself is given.
PROFILES: dict[str, dict[str, Any]] = {
    "development": {
        "DEBUG": True,
        "ALLOWED_ORIGINS": ["http://localhost:3000", "http://localhost:5173"],
        "LOG_FORMAT": "console",
    },
    "test": {"DEBUG": True, "LOG_LEVEL": "WARNING"},
    "staging": {},
    "production": {},
}


def secret_folder() -> Path | None:
    """Where secret files are: SECRETS_DIR, else ``/run/secrets``; ``None`` without a folder."""
    folder = Path(os.environ.get("SECRETS_DIR", "/run/secrets"))
    return folder if folder.is_dir() else None


def reads_env_file() -> bool:
    """Whether ``.env`` counts: a developer's own must not change what a test sees."""
    return os.environ.get("ENVIRONMENT") != "test"


class Settings(BaseSettings):
    """The settings every system has. Constructing it reads the environment and opens nothing.

    Raises ``SettingsError`` that names every problem at once.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,  # a copied .env.example has empty values, and they mean "unset"
        extra="ignore",
        frozen=True,
        validate_default=False,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    SYSTEM: ClassVar[str] = "app"
    """The system's name: of its embedded database, its bucket and its database sessions."""

    ENVIRONMENT: Environment = Field(
        "development",
        description="The profile: development, test, staging or production.",
    )
    DEBUG: bool = Field(
        default=False,
        description="More words in logs; on in development, refused in staging and production.",
    )
    SECRET_KEY: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET_KEY),
        description="Signs cursors and tokens; at least 32 random characters, secret.",
    )
    ALLOWED_ORIGINS: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Browser origins that may call the API: commas or a JSON list.",
    )
    ALLOW_CREDENTIALS: bool = Field(
        default=False,
        description="Let browsers of the allowed origins send cookies.",
    )
    HOST: str = Field("127.0.0.1", description="The address to serve on.")
    PORT: int = Field(8000, ge=0, le=65535, description="The port to serve on.")
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least severe log lines that are written."
    )
    LOG_FORMAT: Literal["json", "console"] = Field(
        "json", description="One JSON object a line, or columns for people."
    )
    MAX_BODY_BYTES: int = Field(
        1_048_576, ge=1024, description="The largest request body that is read, in bytes."
    )
    SHUTDOWN_GRACE_SECONDS: float = Field(
        10.0, gt=0, le=600, description="How long running requests may take to end on shutdown."
    )
    HEALTH_INTERVAL_SECONDS: float = Field(
        1.0, gt=0, le=60, description="How often each dependency is checked."
    )
    HEALTH_TIMEOUT_SECONDS: float = Field(
        1.0, gt=0, le=60, description="After how long a dependency counts as down."
    )
    METRICS_TOKEN: SecretStr | None = Field(
        None,
        description="Bearer token for /metrics; without one it is served in development only.",
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            # The original holds the input, so the new error must not carry it as its context.
            problems = from_validation(error)
            environment = str(values.get("ENVIRONMENT") or os.environ.get("ENVIRONMENT") or "")
            raise SettingsError(environment or "development", problems) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # has no folder
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        sources = [init_settings, env_settings]
        if reads_env_file():
            sources.append(dotenv_settings)
        if (folder := secret_folder()) is not None:
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=folder))
        return tuple(sources)

    @field_validator("ALLOWED_ORIGINS", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return _json_list(value) if value.lstrip().startswith("[") else _comma_list(value)
        return value

    @field_validator("ALLOWED_ORIGINS")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        for origin in value:
            parts = urlsplit(origin)
            if origin != "*" and (
                parts.scheme not in {"http", "https"} or not parts.netloc or parts.path
            ):
                raise ValueError(
                    "has an entry that is not an origin; write scheme, host and port and nothing "
                    "after them, such as https://app.example.com"
                )
        return value

    @field_validator("SECRET_KEY")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(
                f"is shorter than {MIN_SECRET_LENGTH} characters; make one with "
                "`openssl rand -base64 48`"
            )
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _all_problems_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        values = _with_profile(data)
        found: list[InitErrorDetails] = []
        try:
            settings = handler(values)
        except ValidationError as error:
            found += [_detail(problem) for problem in from_validation(error)]
            bad = {str(line["loc"][0]) for line in error.errors() if line["loc"]}
            # What can be read is read, so that unsafe values are named in the same breath.
            settings = handler({key: value for key, value in values.items() if key not in bad})
            found += [_detail(p) for p in settings.problems() if p.name not in bad]
        else:
            found += [_detail(problem) for problem in settings.problems()]
        if found:
            raise ValidationError.from_exception_data("Settings", found, hide_input=True)
        return settings

    @property
    def is_deployed(self) -> bool:
        """Whether strangers may reach it: staging and production."""
        return self.ENVIRONMENT in {"staging", "production"}

    def problems(self) -> Iterator[SettingProblem]:
        """What makes these values unsafe or unusable here. A group adds its own and calls this."""
        if "*" in self.ALLOWED_ORIGINS and self.ALLOW_CREDENTIALS:
            yield SettingProblem(
                "ALLOWED_ORIGINS",
                "is * while ALLOW_CREDENTIALS is on, so any site could act as a logged-in user; "
                "name the origins.",
            )
        if not self.is_deployed:
            return
        if self.SECRET_KEY.get_secret_value() == DEVELOPMENT_SECRET_KEY:
            yield SettingProblem(
                "SECRET_KEY",
                "is the development default, which everybody knows; make one with "
                "`openssl rand -base64 48`.",
            )
        if self.DEBUG:
            yield SettingProblem("DEBUG", "is on; remove it or set DEBUG=false.")
        if "*" in self.ALLOWED_ORIGINS and not self.ALLOW_CREDENTIALS:
            yield SettingProblem("ALLOWED_ORIGINS", "is *; name the origins that may call.")


def _with_profile(data: Any) -> dict[str, Any]:
    profile = PROFILES.get(str(data.get("ENVIRONMENT", "development")), {})
    return {**profile, **data}


def _detail(problem: SettingProblem) -> InitErrorDetails:
    # The message is handed over as a context value: it may hold braces.
    error = PydanticCustomError("setting", "{message}", {"message": problem.message})
    return InitErrorDetails(type=error, loc=(problem.name,), input=None)


def _comma_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _json_list(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(
            'is neither a comma-separated nor a JSON list, such as ["a","b"]'
        ) from None
