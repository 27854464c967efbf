"""A door: one line per event, as JSON or in columns, with secrets removed.

``create_app`` configures it from ``LOG_LEVEL`` and ``LOG_FORMAT``. What people write to a model and
what it answers is no secret by its name, so no line may be given it: a test looks for it.
"""

from padstone.log import configure as configure_logging

__all__ = ["configure_logging"]
