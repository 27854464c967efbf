"""A door: structured lines are the library's; ``LOG_LEVEL`` and ``LOG_FORMAT`` decide on them.

``create_app`` configures them when it starts. ``logger`` writes lines that carry the id of the
request or job that they belong to, and nothing that is secret.
"""

import structlog

from padstone.log import configure

__all__ = ["configure", "logger"]

logger = structlog.get_logger("insights")
