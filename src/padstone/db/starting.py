"""Why a database cannot be used at start-up, in words and without the password."""

import ssl

from sqlalchemy.engine import make_url

from padstone.db.failures import is_transient, refuses_tls, sqlstate_of
from padstone.settings import DatabaseSettings

__all__ = ["address_of", "explain_failure"]


def address_of(settings: DatabaseSettings) -> str:
    """Host and port, or the folder of the socket."""
    url = make_url(settings.DATABASE_URL or "postgresql://")
    hosts = url.query.get("host") or url.host or "its local socket"
    if not isinstance(hosts, str):
        return ", ".join(hosts)
    host = f"[{hosts}]" if ":" in hosts and "/" not in hosts else hosts
    return f"{host}:{url.port}" if url.port else host


def explain_failure(error: BaseException, settings: DatabaseSettings) -> str:
    """A sentence for whoever starts the server, with the setting to look at."""
    address = address_of(settings)
    url = make_url(settings.DATABASE_URL or "postgresql://")
    state = sqlstate_of(error)
    if state in {"28P01", "28000"}:
        return (
            f"PostgreSQL at {address} refused user {url.username!r}. "
            "Check the user and the password in DATABASE_URL."
        )
    if state == "3D000":
        return (
            f"PostgreSQL at {address} has no database {url.database!r}. "
            "Create it, or correct the name in DATABASE_URL."
        )
    if refuses_tls(error):
        return (
            f"PostgreSQL at {address} does not offer TLS, and DATABASE_SSL is "
            f"{settings.DATABASE_SSL}. Switch TLS on there, or change DATABASE_SSL."
        )
    if isinstance(error, ssl.SSLError):
        return (
            f"The certificate of PostgreSQL at {address} is not trusted. "
            "Check DATABASE_SSL and DATABASE_SSL_ROOT_CERT."
        )
    if not is_transient(error):
        return (
            f"PostgreSQL at {address} cannot be used ({state or type(error).__name__}). "
            "Check DATABASE_URL."
        )
    return (
        f"PostgreSQL at {address} did not answer within "
        f"{settings.DATABASE_STARTUP_TIMEOUT_SECONDS:g} s ({type(error).__name__}). "
        "Check that it runs and that DATABASE_URL is right."
    )
