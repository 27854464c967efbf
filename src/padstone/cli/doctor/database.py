"""The database: whether it lets us in, and whether it is the one that the code expects."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from padstone import migrations
from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.skew import skew
from padstone.db import sqlstate_of
from padstone.db.direct import connect_directly
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

__all__ = ["Server", "ask", "revisions", "server_clock", "version"]

OLDEST_MAJOR = 15

_QUESTION = """
SELECT current_setting('server_version_num')::int AS version,
       current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int AS connections,
       clock_timestamp() AS now
"""


@dataclass(frozen=True, slots=True)
class Server:
    """What a PostgreSQL server says of itself.

    ``version`` is PostgreSQL's own number (180006 for 18.6), ``connections`` how many applications
    may open together, ``ahead`` by how many seconds its clock is ahead of ours.
    """

    version: int
    connections: int
    ahead: float


def ask(settings: DatabaseSettings) -> Server | Finding:
    """Connects as an application would. A ``Finding`` says why that was not possible."""
    try:
        return asyncio.run(_ask(settings))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what the doctor is asked for
        return _explain(settings, error)


def version(server: Server) -> Finding:
    """Whether the server is new enough."""
    major, minor = divmod(server.version, 10_000)
    if major >= OLDEST_MAJOR:
        return Finding("PostgreSQL", "ok", f"{major}.{minor}")
    return Finding(
        "PostgreSQL",
        "error",
        f"It is {major}.{minor}, and {OLDEST_MAJOR} is the oldest that is supported.",
        f"Upgrade the server to PostgreSQL {OLDEST_MAJOR} or newer.",
    )


def server_clock(server: Server) -> Finding:
    """Whether this machine and the database agree on the time."""
    return skew("clock of the database", server.ahead)


def revisions(settings: DatabaseSettings, *, embedded: bool) -> Finding:
    """Whether the database has every migration; an embedded one gets them at the next start."""
    subject = "migrations"
    try:
        found = migrations.history(settings)
    except MigrationError as error:
        return Finding(subject, "error", error.detail)
    lacking = [revision for revision in found if not revision.is_applied]
    if not lacking:
        return Finding(subject, "ok", f"All {len(found)} are applied.")
    if embedded:
        return Finding(subject, "note", f"{len(lacking)} are applied at the next start.")
    return Finding(
        subject,
        "error",
        f"{len(lacking)} of {len(found)} are not applied, the first is {lacking[0].id}.",
        "Run: padstone db upgrade",
    )


async def _ask(settings: DatabaseSettings) -> Server:
    # By the address that requests use.
    own = settings.model_copy(update={"DATABASE_DIRECT_URL": None})
    connection = await connect_directly(own, purpose="doctor")
    try:
        before = datetime.now(UTC)
        row: Any = await connection.fetchrow(_QUESTION)
        middle = before + (datetime.now(UTC) - before) / 2
        return Server(row["version"], row["connections"], (row["now"] - middle).total_seconds())
    finally:
        await connection.close()


def _explain(settings: DatabaseSettings, error: BaseException) -> Finding:
    url = urlsplit(settings.DATABASE_URL or "")
    address = url.netloc.rpartition("@")[2]
    name = unquote(url.path.strip("/"))
    cause, mend = _cause(error, address, name, unquote(url.username or ""), settings)
    return Finding("database", "error", cause, mend)


def _cause(
    error: BaseException, address: str, name: str, user: str, settings: DatabaseSettings
) -> tuple[str, str]:
    match sqlstate_of(error):
        case "28P01" | "28000":
            return (
                f"PostgreSQL at {address} refuses user {user!r}: {error}.",
                "Correct user and password in DATABASE_URL, where @ and / are written %40 and %2F.",
            )
        case "3D000":
            return (
                f"PostgreSQL at {address} has no database {name!r}.",
                f'Create it: CREATE DATABASE "{name}"; or correct the name in DATABASE_URL.',
            )
        case "53300":
            return f"PostgreSQL at {address} has no free connection.", "Raise max_connections."
        case str() as state:
            return f"PostgreSQL at {address} refuses ({state}): {error}.", "See its log."
        case None:
            return _network_cause(error, address, settings)


def _network_cause(
    error: BaseException, address: str, settings: DatabaseSettings
) -> tuple[str, str]:
    check = "correct the address in DATABASE_URL."
    if isinstance(error, ssl.SSLError) or "SSL" in str(error):
        mend = f"Set up TLS there, or change DATABASE_SSL={settings.DATABASE_SSL}."
        return f"TLS with {address} fails: {error}.", mend
    if isinstance(error, socket.gaierror):
        return f"There is no host of the name in {address}.", check.capitalize()
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens on {address}.", f"Start PostgreSQL there, or {check}"
    if isinstance(error, TimeoutError):
        seconds = settings.DATABASE_CONNECT_TIMEOUT_SECONDS
        return (
            f"{address} does not answer within {seconds:g} s.",
            f"Look for a firewall between here and there, or {check}",
        )
    return (
        f"The connection to {address} fails: {type(error).__name__}: {error}.",
        check.capitalize(),
    )
