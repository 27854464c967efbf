"""Settings of a system whose users sign in."""

from collections.abc import Iterator

from pydantic import Field, SecretStr, field_validator

from padstone.settings.addresses import http_url
from padstone.settings.base import MIN_SECRET_LENGTH, Settings
from padstone.settings.problems import SettingProblem

__all__ = ["UserSettings"]

# OWASP's Password Storage Cheat Sheet, its cheapest choice for argon2id: 7 MiB and five passes.
_LEAST_MEMORY_TIMES_PASSES = 7_168 * 5
_LEAST_MEMORY_KIB = 7_168
_KIB_PER_LANE = 8  # argon2 itself asks for that


class UserSettings(Settings):
    """Users: tokens, sessions, passwords, lock-out, and the links that are mailed."""

    SECRET_KEY_FALLBACKS: list[SecretStr] = Field(
        default_factory=list,
        description="Former values of SECRET_KEY, whose tokens still count: commas or a JSON list.",
    )
    PUBLIC_URL: str | None = Field(
        None,
        description="Where mailed links lead: PUBLIC_URL/verify-email and "
        "PUBLIC_URL/reset-password; empty in development: this server's own pages.",
    )
    ACCESS_TOKEN_SECONDS: int = Field(
        600, ge=10, le=86_400, description="How long an access token works."
    )
    REFRESH_TOKEN_SECONDS: int = Field(
        1_209_600, ge=60, le=31_536_000, description="How long a session lives without a refresh."
    )
    SESSION_SECONDS: int = Field(
        7_776_000, ge=60, le=315_360_000, description="How long a session lives at most."
    )
    REFRESH_LEEWAY_SECONDS: float = Field(
        10.0,
        ge=0,
        le=60,
        description="How long a refresh token may come again after its use, as from two tabs.",
    )
    EMAIL_VERIFICATION_SECONDS: int = Field(
        86_400, ge=60, le=2_592_000, description="How long a link that verifies an address works."
    )
    PASSWORD_RESET_SECONDS: int = Field(
        3_600, ge=60, le=86_400, description="How long a link to choose a new password works."
    )
    LOGIN_ATTEMPTS: int = Field(
        10, ge=1, le=100, description="Passwords that are checked per address in the window."
    )
    LOGIN_WINDOW_SECONDS: int = Field(
        900, ge=1, le=86_400, description="The window for LOGIN_ATTEMPTS."
    )
    LOGINS_PER_MINUTE: int = Field(
        30,
        ge=1,
        le=1_000_000,
        description="Log-ins, and links used, that are taken from one network address in a minute.",
    )
    REGISTRATIONS_PER_MINUTE: int = Field(
        10,
        ge=1,
        le=1_000_000,
        description="Registrations, and mails asked for, that are taken from one network address "
        "in a minute.",
    )
    REFRESHES_PER_MINUTE: int = Field(
        120,
        ge=1,
        le=1_000_000,
        description="Exchanges of a refresh token that are taken from one network address in a "
        "minute.",
    )
    PASSWORD_HASH_MEMORY_KIB: int = Field(
        65_536, ge=_KIB_PER_LANE, le=4_194_304, description="Memory of one argon2id hash, in KiB."
    )
    PASSWORD_HASH_PASSES: int = Field(
        3, ge=1, le=100, description="Passes of argon2id over that memory."
    )
    PASSWORD_HASH_LANES: int = Field(4, ge=1, le=64, description="Lanes of argon2id.")
    PASSWORD_HASH_THREADS: int = Field(
        2, ge=1, le=64, description="Passwords that one process hashes at the same time."
    )

    @field_validator("PUBLIC_URL")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        return None if value is None else http_url(value)

    @field_validator("SECRET_KEY_FALLBACKS")
    @classmethod
    def _long_enough_too(cls, value: list[SecretStr]) -> list[SecretStr]:
        if any(len(secret.get_secret_value()) < MIN_SECRET_LENGTH for secret in value):
            raise ValueError(f"has a value that is shorter than {MIN_SECRET_LENGTH} characters")
        return value

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.PASSWORD_HASH_MEMORY_KIB < _KIB_PER_LANE * self.PASSWORD_HASH_LANES:
            yield SettingProblem(
                "PASSWORD_HASH_MEMORY_KIB",
                f"is less than {_KIB_PER_LANE} for each of PASSWORD_HASH_LANES; raise it.",
            )
        if self.SESSION_SECONDS < self.REFRESH_TOKEN_SECONDS:
            yield SettingProblem(
                "SESSION_SECONDS",
                "is less than REFRESH_TOKEN_SECONDS; raise it or lower the other.",
            )
        if self.is_deployed:
            yield from self._unsafe()

    def _unsafe(self) -> Iterator[SettingProblem]:
        if self.PUBLIC_URL is None:
            yield SettingProblem(
                "PUBLIC_URL", "is not set, and mailed links need it; set it to https://HOST/PATH."
            )
        elif not self.PUBLIC_URL.startswith("https://"):
            yield SettingProblem(
                "PUBLIC_URL", "is not an https URL, so that whoever listens could use the links."
            )
        if (
            self.PASSWORD_HASH_MEMORY_KIB < _LEAST_MEMORY_KIB
            or self.PASSWORD_HASH_MEMORY_KIB * self.PASSWORD_HASH_PASSES
            < _LEAST_MEMORY_TIMES_PASSES
        ):
            yield SettingProblem(
                "PASSWORD_HASH_MEMORY_KIB",
                f"is too cheap to guess with PASSWORD_HASH_PASSES={self.PASSWORD_HASH_PASSES}; "
                "remove both, or take at least 7168 and 5, 12288 and 3 or 19456 and 2.",
            )
