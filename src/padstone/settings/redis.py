"""Settings of a system that uses Redis, or Valkey, which speaks its protocol."""

import os
import re
from collections.abc import Iterator

from pydantic import Field, field_validator

from padstone.settings.addresses import is_local, redis_url
from padstone.settings.base import Settings
from padstone.settings.problems import SettingProblem

__all__ = ["RedisSettings"]

_PREFIX = re.compile(r"[A-Za-z0-9._\-:]{0,64}").fullmatch


class RedisSettings(Settings):
    """Redis or Valkey. Without a URL, development starts an embedded Valkey.

    What is kept there can be lost: sessions, answers that can be had again, counters. The truth is
    in PostgreSQL.
    """

    REDIS_URL: str | None = Field(
        None,
        repr=False,
        description="redis(s)://USER:PASSWORD@HOST:PORT/DATABASE, where USER may be empty; "
        "empty in development: an embedded Valkey.",
        json_schema_extra={"secret": "url"},
    )
    REDIS_PREFIX: str = Field(
        "", description="What every key begins with; empty: the system's name."
    )
    REDIS_SSL_ROOT_CERT: str | None = Field(
        None, description="File with the authorities for rediss; empty: the machine's own."
    )
    REDIS_POOL_SIZE: int = Field(
        20, ge=1, le=1000, description="The most connections of one process."
    )
    REDIS_TIMEOUT_SECONDS: float = Field(
        0.25,
        gt=0,
        description="How long one call may take, connecting and waiting for a connection included.",
    )
    REDIS_RETRY_SECONDS: float = Field(
        0.5, gt=0, description="How often a Redis that has failed is asked whether it is back."
    )

    RATE_LIMIT_FALLBACK_SHARE: float = Field(
        0.1,
        gt=0,
        le=1,
        description="What part of a strict rate limit each process allows while Redis does not "
        "answer: at most one by the number of processes.",
    )

    @field_validator("REDIS_URL")
    @classmethod
    def _redis_url(cls, value: str | None) -> str | None:
        return None if value is None else redis_url(value)

    @field_validator("REDIS_PREFIX")
    @classmethod
    def _plain_prefix(cls, value: str) -> str:
        if not _PREFIX(value):
            raise ValueError(
                "is no prefix; write at most 64 letters, digits and any of . _ - and :"
            )
        return value

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.is_deployed:
            yield from self._problems_where_deployed()
        if self.REDIS_SSL_ROOT_CERT and not os.access(self.REDIS_SSL_ROOT_CERT, os.R_OK):
            yield SettingProblem("REDIS_SSL_ROOT_CERT", "is not a file that can be read.")

    def _problems_where_deployed(self) -> Iterator[SettingProblem]:
        if self.REDIS_URL is None:
            yield SettingProblem(
                "REDIS_URL",
                "is not set, and the embedded Valkey is for development; set it to "
                "rediss://USER:PASSWORD@HOST:PORT/0.",
            )
        elif ":" not in self.REDIS_URL.rpartition("@")[0].partition("://")[2] and not is_local(
            self.REDIS_URL
        ):
            yield SettingProblem(
                "REDIS_URL",
                "has no password, so whoever reaches that Redis can be anybody here; give it one "
                "(requirepass) and set redis://:PASSWORD@HOST:PORT/0.",
            )
