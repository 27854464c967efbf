"""What matters once strangers may reach the system."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from padstone.cli.doctor.database import Server
from padstone.cli.doctor.finding import Finding
from padstone.settings import DatabaseSettings, Settings

__all__ = ["connections", "rules"]

_LOCAL = {"localhost", "127.0.0.1", "::1", None}
_UNENFORCED = {"disable", "prefer"}
_BESIDE_THE_POOL = 1  # what listens for changed keys


def rules(settings: Settings) -> Iterator[Finding]:
    """What the settings alone show. They are usable, so what is unsafe was refused before."""
    if settings.METRICS_TOKEN is None:
        yield Finding("metrics", "note", "/metrics is off.", "Set METRICS_TOKEN to serve it.")
    else:
        yield Finding("metrics", "ok", "/metrics asks for METRICS_TOKEN.")
    if isinstance(settings, DatabaseSettings):
        yield _tls(settings)


def connections(settings: DatabaseSettings, server: Server, workers: int) -> Finding:
    """Whether the server has a connection for each one that ``workers`` processes may open."""
    each = settings.DATABASE_POOL_SIZE + _BESIDE_THE_POOL
    sum_ = f"{workers} x {each} connections"
    if workers * each <= server.connections:
        return Finding("connections", "ok", f"{sum_} of {server.connections}.")
    return Finding(
        "connections",
        "error",
        f"{sum_} are more than the {server.connections} that PostgreSQL has for applications.",
        f"Lower DATABASE_POOL_SIZE to {max(1, server.connections // workers - _BESIDE_THE_POOL)}, "
        "raise max_connections, or put a pooler before it.",
    )


def _tls(settings: DatabaseSettings) -> Finding:
    host = urlsplit(settings.DATABASE_URL or "").hostname
    mode = settings.DATABASE_SSL
    if host in _LOCAL or mode not in _UNENFORCED:
        return Finding("TLS to the database", "ok", f"{host}, DATABASE_SSL={mode}")
    return Finding(
        "TLS to the database",
        "warning",
        f"DATABASE_SSL={mode} lets whoever is between here and {host} read everything.",
        "Set DATABASE_SSL=verify-full and DATABASE_SSL_ROOT_CERT, or at least require.",
    )
