"""Settings of the services a system may need. A system inherits the groups it uses."""

import os
from collections.abc import Iterator
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator

from padstone.settings.addresses import database_url, http_url
from padstone.settings.base import Settings
from padstone.settings.problems import SettingProblem

__all__ = ["DatabaseSettings", "StorageSettings"]


class DatabaseSettings(Settings):
    """PostgreSQL. Without a URL, development starts an embedded one."""

    DATABASE_URL: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "DATABASE_ASYNC_URL"),
        repr=False,
        description="postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME; "
        "empty in development: an embedded PostgreSQL.",
        json_schema_extra={"secret": "url"},
    )
    DATABASE_DIRECT_URL: str | None = Field(
        None,
        repr=False,
        description="The database around a transaction pooler, for LISTEN; empty: DATABASE_URL.",
        json_schema_extra={"secret": "url"},
    )
    DATABASE_POOL_MIN_SIZE: int = Field(
        5, ge=0, le=1000, description="Connections opened at start-up."
    )
    DATABASE_POOL_SIZE: int = Field(
        20,
        ge=1,
        le=1000,
        description="The most connections of one process's pool; health has one beside it.",
    )
    DATABASE_POOL_TIMEOUT_SECONDS: float = Field(
        5.0, gt=0, description="How long a request waits for a free connection before 503."
    )
    DATABASE_POOL_RECYCLE_SECONDS: int = Field(
        1800, gt=0, description="Connections older than this are replaced when next used."
    )
    DATABASE_CONNECT_TIMEOUT_SECONDS: float = Field(
        5.0, gt=0, description="How long one attempt to connect may take."
    )
    DATABASE_STARTUP_TIMEOUT_SECONDS: float = Field(
        30.0, ge=0, description="How long start-up waits for a database that is not up yet."
    )
    DATABASE_COMMAND_TIMEOUT_SECONDS: float = Field(
        20.0, gt=0, description="How long the client waits for the answer to one statement."
    )
    DATABASE_STATEMENT_TIMEOUT_MS: int = Field(
        15_000, ge=0, description="The server ends a statement after this; 0 is never."
    )
    DATABASE_LOCK_TIMEOUT_MS: int = Field(
        5_000, ge=0, description="The server gives up waiting for a lock after this; 0 is never."
    )
    DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: int = Field(
        30_000, ge=0, description="The server ends a transaction idle for this long; 0 is never."
    )
    DATABASE_SSL: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = Field(
        "prefer", description="TLS to the database, as libpq's sslmode."
    )
    DATABASE_SSL_ROOT_CERT: str | None = Field(
        None, description="File with the authorities for verify-ca and verify-full."
    )
    DATABASE_PREPARED_STATEMENTS: bool = Field(
        default=True,
        description="Turn off behind a transaction pooler that does not support them.",
    )
    EXPRESS_LANE: bool = Field(
        default=True,
        description="Answer what a resource can compile before FastAPI; needs prepared statements.",
    )

    @field_validator("DATABASE_URL", "DATABASE_DIRECT_URL")
    @classmethod
    def _asyncpg_url(cls, value: str | None) -> str | None:
        return None if value is None else database_url(value)

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.is_deployed and self.DATABASE_URL is None:
            yield SettingProblem(
                "DATABASE_URL",
                "is not set, and the embedded PostgreSQL is for development; set it to "
                "postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME.",
            )
        if self.DATABASE_POOL_MIN_SIZE > self.DATABASE_POOL_SIZE:
            yield SettingProblem(
                "DATABASE_POOL_MIN_SIZE", "is larger than DATABASE_POOL_SIZE; lower it."
            )
        if self.DATABASE_SSL.startswith("verify") and self.DATABASE_SSL_ROOT_CERT is None:
            yield SettingProblem(
                "DATABASE_SSL_ROOT_CERT",
                f"is not set, and DATABASE_SSL={self.DATABASE_SSL} needs the authorities' file.",
            )
        if self.DATABASE_SSL_ROOT_CERT and not os.access(self.DATABASE_SSL_ROOT_CERT, os.R_OK):
            yield SettingProblem("DATABASE_SSL_ROOT_CERT", "is not a file that can be read.")


class StorageSettings(Settings):
    """S3 or what speaks its protocol. Without an endpoint, development starts an embedded one."""

    STORAGE_ENDPOINT_URL: str | None = Field(
        None,
        description="http(s)://HOST:PORT of the S3 service; empty in development: embedded.",
    )
    STORAGE_PUBLIC_URL: str | None = Field(
        None,
        description="The endpoint as clients reach it, for presigned URLs; "
        "empty: STORAGE_ENDPOINT_URL.",
    )
    STORAGE_ACCESS_KEY: SecretStr | None = Field(None, description="S3 access key id.")
    STORAGE_SECRET_KEY: SecretStr | None = Field(None, description="S3 secret access key.")
    STORAGE_BUCKET: str = Field(
        "", description="The bucket; empty in development: the system's name."
    )
    STORAGE_REGION: str = Field("us-east-1", description="S3 region.")
    STORAGE_CONNECT_TIMEOUT_SECONDS: float = Field(
        1.0, gt=0, description="How long connecting to the storage may take."
    )
    STORAGE_READ_TIMEOUT_SECONDS: float = Field(
        1.5, gt=0, description="How long the storage may be silent."
    )
    STORAGE_MAX_CONNECTIONS: int = Field(
        16, ge=1, le=256, description="Storage calls at the same time in one process."
    )
    STORAGE_URL_TTL_SECONDS: int = Field(
        900, ge=1, le=604_800, description="How long a presigned URL works."
    )

    @field_validator("STORAGE_ENDPOINT_URL", "STORAGE_PUBLIC_URL")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        return None if value is None else http_url(value)

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        needed = self.is_deployed or self.STORAGE_ENDPOINT_URL is not None
        names = ("STORAGE_ENDPOINT_URL", "STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY")
        for name in names:
            if needed and getattr(self, name) is None:
                yield SettingProblem(
                    name,
                    "is not set, and the embedded S3 is for development; set all of "
                    f"{', '.join(names)}.",
                )
        if self.is_deployed and not self.STORAGE_BUCKET:
            yield SettingProblem("STORAGE_BUCKET", "is not set; name the bucket.")
