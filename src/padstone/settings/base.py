"""The settings that every system has, and the way all settings are read and checked."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from padstone.settings.addresses import network, origin
from padstone.settings.lists import read_structure
from padstone.settings.problems import SettingProblem, SettingsError, from_validation
from padstone.settings.secret_files import UNREADABLE, SecretFiles, secret_folder

__all__ = [
    "DEVELOPMENT_SECRET_KEY",
    "PROFILES",
    "Environment",
    "Settings",
    "names_of",
    "reads_env_file",
]

Environment = Literal["development", "test", "staging", "production"]
"""The profiles."""

DEVELOPMENT_SECRET_KEY = "insecure-development-key-never-use-it-anywhere-else"  # noqa: S105
MIN_SECRET_LENGTH = 32

# What a profile sets unless the variable itself is given.
PROFILES: dict[str, dict[str, Any]] = {
    "development": {
        "DEBUG": True,
        "ALLOWED_ORIGINS": ["http://localhost:3000", "http://localhost:5173"],
        "LOG_FORMAT": "console",
    },
    "test": {
        "DEBUG": True,
        "LOG_LEVEL": "WARNING",
        # A test suite hashes thousands of passwords, none of which anybody wants to guess.
        "PASSWORD_HASH_MEMORY_KIB": 8,
        "PASSWORD_HASH_PASSES": 1,
        "PASSWORD_HASH_LANES": 1,
        # A machine that is busy with tests is slow, and its Redis is not down.
        "REDIS_TIMEOUT_SECONDS": 5.0,
        # All of its users come from one address.
        "LOGINS_PER_MINUTE": 100_000,
        "REGISTRATIONS_PER_MINUTE": 100_000,
        "REFRESHES_PER_MINUTE": 100_000,
    },
    "staging": {},
    "production": {},
}


def reads_env_file() -> bool:
    """Whether ``.env`` counts: a developer's own must not change what a test sees."""
    return os.environ.get("ENVIRONMENT") != "test"


def names_of(settings: type["Settings"], name: str) -> set[str]:
    """The variables that the setting ``name`` is read from: its own, and its aliases."""
    alias = getattr(settings.model_fields.get(name), "validation_alias", None)
    return {name, *map(str, getattr(alias, "choices", ()))}


class Settings(BaseSettings):
    """The settings every system has. Constructing it reads the environment and opens nothing.

    Raises ``SettingsError`` that names every problem at once.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,  # a copied .env.example has empty values, and they mean "unset"
        enable_decoding=False,  # lists are read here, by commas or as JSON
        extra="ignore",
        frozen=True,
        validate_default=False,
        populate_by_name=True,
        allow_inf_nan=False,
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
    ALLOWED_ORIGINS: list[str] = Field(
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
    SHUTDOWN_DELAY_SECONDS: float = Field(
        0.0,
        ge=0,
        le=600,
        description="For how long the server goes on serving, unready, before it shuts down: as "
        "long as a load balancer needs to see that.",
    )
    STREAM_MAX_SECONDS: float = Field(
        3600.0,
        gt=0,
        description="After how long an endless event stream ends, so that its client connects anew "
        "and goes on where it was.",
    )
    HEALTH_INTERVAL_SECONDS: float = Field(
        1.0, gt=0, le=60, description="How often each dependency is checked."
    )
    HEALTH_TIMEOUT_SECONDS: float = Field(
        1.0, gt=0, le=60, description="After how long a dependency counts as down."
    )
    TRUSTED_PROXIES: list[str] = Field(
        default_factory=list,
        description="Proxies, or their networks, whose X-Forwarded headers count: commas or JSON.",
    )
    METRICS_TOKEN: SecretStr | None = Field(
        None,
        description="Bearer token for /metrics; without one it is served in development only.",
    )

    def __init__(self, **values: Any) -> None:
        # What pydantic raises holds the input, so the new error must not carry it as its context,
        # and is raised where the old one is forgotten.
        problem = self._read(values)
        if problem is not None:
            raise problem

    def _read(self, values: dict[str, Any]) -> SettingsError | None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raised = error.errors()[0].get("ctx", {}).get("error")
            if isinstance(raised, SettingsError):
                return raised
            # A system's own validator of the whole model. What it puts into ``problems`` instead
            # is named together with the rest.
            return SettingsError(_profile_name({**os.environ, **values}), from_validation(error))
        except (OSError, UnicodeDecodeError):
            return SettingsError(
                _profile_name(os.environ),
                [SettingProblem(".env", "cannot be read; it must be a text file in UTF-8.")],
            )
        return None

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
            sources.append(SecretFiles(settings_cls, secrets_dir=folder))
        return tuple(sources)

    @field_validator("*", mode="before")
    @classmethod
    def _from_text(cls, value: Any, info: ValidationInfo) -> Any:
        if value is UNREADABLE:
            raise ValueError(
                "has a secret file that cannot be read; it must be a text file in UTF-8, and this "
                "user must have the right to read it"
            )
        if isinstance(value, str) and info.field_name is not None:
            return read_structure(value, cls.model_fields[info.field_name].annotation)
        return value

    @field_validator("ALLOWED_ORIGINS")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        return [origin(entry) for entry in value]

    @field_validator("TRUSTED_PROXIES")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        return [network(entry) for entry in value]

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
        if not isinstance(data, dict):
            return handler(data)
        values = _with_profile(data)
        found: list[SettingProblem] = []
        settings: Self | None
        try:
            settings = handler(values)
        except ValidationError as error:
            found += from_validation(error)
            settings = cls._what_can_be_read(values, found, handler)
        if settings is not None:
            bad = {problem.name for problem in found}
            found += [problem for problem in settings.problems() if problem.name not in bad]
        if found or settings is None:
            raise SettingsError(_profile_name(values), found)
        return settings

    @classmethod
    def _what_can_be_read(
        cls,
        values: dict[str, Any],
        found: list[SettingProblem],
        handler: ModelWrapValidatorHandler[Self],
    ) -> Self | None:
        # Unsafe values are named in the same breath as those that make no sense.
        bad = {name for problem in found for name in names_of(cls, problem.name)}
        try:
            return handler({key: value for key, value in values.items() if key not in bad})
        except ValidationError as error:
            found += [problem for problem in from_validation(error) if problem not in found]
            return None

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
        if os.environ.get("SECRETS_DIR") and secret_folder() is None:
            yield SettingProblem("SECRETS_DIR", "is not a folder that can be read.")
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


def _profile_name(values: Mapping[str, Any]) -> str:
    name = values.get("ENVIRONMENT") or "development"
    return name if name in PROFILES else "?"


def _with_profile(data: dict[str, Any]) -> dict[str, Any]:
    return {**PROFILES.get(_profile_name(data), {}), **data}
