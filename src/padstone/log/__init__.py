"""Logging: one line per event, as JSON or in columns, with secrets removed.

structlog writes the application's lines, and the standard library's loggers (uvicorn, alembic, any
dependency) are brought into the same shape. ``request_id`` and ``actor`` are bound for the time of
a request, so they stand in every line that is written meanwhile.
"""

from padstone.log.configure import configure
from padstone.log.redact import is_secret_name, redact

__all__ = ["configure", "is_secret_name", "redact"]
