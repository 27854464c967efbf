"""The engine and its pool, as the settings want them."""

import ssl
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from padstone.db.failures import is_disconnect, sqlstate_of
from padstone.db.pool import FairPool
from padstone.settings import DatabaseSettings, SettingProblem, SettingsError

__all__ = ["connect_arguments", "create_engine", "create_probe"]


def create_probe(settings: DatabaseSettings) -> AsyncEngine:
    """An engine with one connection of its own, to ask the database how it is.

    A pool that is full says nothing of the database.
    """
    return _create(settings, f"{settings.SYSTEM} health", pool_size=1)


def create_engine(settings: DatabaseSettings) -> AsyncEngine:
    """An engine with bounded pool and time limits everywhere. It connects on first use."""
    return _create(settings, settings.SYSTEM, pool_size=settings.DATABASE_POOL_SIZE)


def _create(settings: DatabaseSettings, name: str, *, pool_size: int) -> AsyncEngine:
    if settings.DATABASE_URL is None:
        raise ValueError("DATABASE_URL is not set")
    arguments = connect_arguments(settings)
    arguments["server_settings"] |= {"application_name": name}
    engine = create_async_engine(
        settings.DATABASE_URL,
        # The pool keeps what it opened: an overflow connection would be closed after each use.
        poolclass=FairPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=settings.DATABASE_POOL_TIMEOUT_SECONDS,
        pool_recycle=settings.DATABASE_POOL_RECYCLE_SECONDS,
        # The connection that was used last is the warmest, and idle ones grow old enough to go.
        pool_use_lifo=True,
        # Statement parameters are people's data; errors and logs must not show them.
        hide_parameters=True,
        connect_args=arguments,
    )
    event.listen(engine.sync_engine, "handle_error", _drop_what_is_unusable)
    event.listen(engine.sync_engine, "checkout", _replace_what_was_closed)
    return engine


def connect_arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """What a connection is opened with, besides the address: TLS and time limits."""
    args: dict[str, Any] = {
        "timeout": settings.DATABASE_CONNECT_TIMEOUT_SECONDS,
        "command_timeout": settings.DATABASE_COMMAND_TIMEOUT_SECONDS,
        "ssl": _ssl(settings),
        "server_settings": {
            "statement_timeout": str(settings.DATABASE_STATEMENT_TIMEOUT_MS),
            "lock_timeout": str(settings.DATABASE_LOCK_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(
                settings.DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS
            ),
            "timezone": "UTC",
        },
    }
    if not settings.DATABASE_PREPARED_STATEMENTS:
        args |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: "",
        }
    return args


def _ssl(settings: DatabaseSettings) -> str | ssl.SSLContext:
    mode = settings.DATABASE_SSL
    if not mode.startswith("verify"):
        return mode
    try:
        context = ssl.create_default_context(cafile=settings.DATABASE_SSL_ROOT_CERT)
    except OSError:
        problem = SettingProblem("DATABASE_SSL_ROOT_CERT", "holds no certificates in PEM form.")
        raise SettingsError(settings.ENVIRONMENT, [problem]) from None
    context.check_hostname = mode == "verify-full"
    return context


def _drop_what_is_unusable(context: ExceptionContext) -> None:
    # After a failover an open connection may lead to a standby (25006, read-only): the connection
    # works and yet is of no use, so it is closed like a broken one and the next one is new.
    error = context.original_exception
    if sqlstate_of(error) == "25006" or is_disconnect(error):
        context.is_disconnect = True


def _replace_what_was_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    # The driver learns at once that the server hung up, as it does when it restarts. Then all idle
    # connections are replaced, and whoever asked for one notices nothing.
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
