"""Redis: whether it answers, lets us in, and keeps what it must not forget by itself."""

import asyncio
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.skew import skew
from padstone.errors import PadstoneError
from padstone.redis import RedisClient
from padstone.settings import RedisSettings
from padstone.settings.addresses import is_local

__all__ = ["redis"]

SUBJECT = "redis"

_OLDEST = (6, 2)


class _Said(NamedTuple):
    server: dict[str, Any]
    memory: dict[str, Any]
    ahead: float


def redis(settings: RedisSettings) -> list[Finding]:
    """Asks it for its version, its memory and its clock."""
    parts = urlsplit(settings.REDIS_URL or "")
    where = f"{parts.hostname}:{parts.port or 6379}"
    # A doctor has more patience than a request.
    patient = settings.model_copy(update={"REDIS_TIMEOUT_SECONDS": 5.0})
    try:
        said = asyncio.run(_ask(patient))
    except PadstoneError as error:
        return [_unusable(where, error)]
    return [_version(where, said), *_plain(settings, where), skew("clock of redis", said.ahead)]


async def _ask(settings: RedisSettings) -> _Said:
    client = RedisClient(settings)

    async def ask(connection: Redis) -> _Said:
        server = await connection.info("server")
        memory = await connection.info("memory")
        seconds, micros = await connection.time()
        return _Said(server, memory, int(seconds) + int(micros) / 1e6 - time.time())

    try:
        return await client.run(ask)
    finally:
        await client.close()


def _version(where: str, said: _Said) -> Finding:
    name = "Valkey" if said.server.get("server_name") == "valkey" else "Redis"
    text = str(said.server.get("valkey_version") or said.server["redis_version"])
    spoken = tuple(int(number) for number in str(said.server["redis_version"]).split(".")[:2])
    if spoken < _OLDEST:
        return Finding(
            SUBJECT, "error", f"{where} is {name} {text}.", "Take 6.2 or newer, or any Valkey."
        )
    policy = said.memory.get("maxmemory_policy", "noeviction")
    limited = int(said.memory.get("maxmemory", 0)) > 0
    if limited and policy == "noeviction":
        return Finding(
            SUBJECT,
            "warning",
            f"{where} is {name} {text}, and refuses to store anything once its memory is full.",
            "Set maxmemory-policy volatile-ttl there: all that is stored has an end.",
        )
    return Finding(SUBJECT, "ok", f"{where} is {name} {text}.")


def _plain(settings: RedisSettings, where: str) -> list[Finding]:
    url = settings.REDIS_URL or ""
    if not settings.is_deployed or url.startswith("rediss://") or is_local(url):
        return []
    what = f"What is said to {where}, the password too, can be read on its way."
    mend = "Take rediss:// unless the network between is yours alone."
    return [Finding("encryption of redis", "note", what, mend)]


def _unusable(where: str, error: PadstoneError) -> Finding:
    cause = error.__cause__
    if isinstance(cause, AuthenticationError | NoPermissionError):
        return _error(
            f"{where} refuses the user or the password.",
            "Correct them in REDIS_URL. A : / ? # or @ in them is percent-encoded there.",
        )
    if isinstance(cause, ResponseError):
        return _error(f"{where} answers: {cause}", "See its log.")
    reason = str(cause).rstrip(".") if isinstance(cause, RedisError | OSError) else ""
    return _error(
        f"{where} does not answer: {reason or 'it took too long'}.",
        "Start Redis or Valkey, let this machine through to it, or correct REDIS_URL.",
    )


def _error(what: str, mend: str) -> Finding:
    return Finding(SUBJECT, "error", what, mend)
