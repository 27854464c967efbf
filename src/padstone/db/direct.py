"""A connection of one's own, beside the pool."""

from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from padstone.db.engine import connect_arguments
from padstone.settings import DatabaseSettings

__all__ = ["connect_directly"]

# SQLAlchemy's own, which the driver does not know.
_NOT_THE_DRIVERS = {"prepared_statement_cache_size", "prepared_statement_name_func"}


async def connect_directly(settings: DatabaseSettings, *, purpose: str) -> Any:
    """A driver connection with the pool's TLS and time limits, for what needs a session to itself.

    That is LISTEN, for example. It goes to DATABASE_DIRECT_URL where that is set, since a
    transaction pooler gives nobody a session. ``purpose`` is added to the application name, so that
    ``pg_stat_activity`` tells it from the pool's. The caller closes it.
    """
    url = settings.DATABASE_DIRECT_URL or settings.DATABASE_URL
    if url is None:
        raise ValueError("DATABASE_URL is not set")
    address = make_url(url)
    arguments: dict[str, Any] = {}
    arguments |= address.get_dialect()().create_connect_args(address)[1]
    arguments |= connect_arguments(settings)
    arguments["server_settings"] |= {"application_name": f"{settings.SYSTEM} {purpose}"}
    return await asyncpg.connect(
        **{name: value for name, value in arguments.items() if name not in _NOT_THE_DRIVERS}
    )
