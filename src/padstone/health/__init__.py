"""Whether this process lives, and whether what it needs answers.

Checks run in the background, once per interval each, with a time limit: a probe reads the last
result and costs nothing, however many come.
"""

from padstone.health.monitor import Check, HealthMonitor, Result
from padstone.health.routes import HealthDep, health_of, health_router

__all__ = ["Check", "HealthDep", "HealthMonitor", "Result", "health_of", "health_router"]
