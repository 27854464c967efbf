"""The application, put together."""

from app.api.health import router as health_router
from app.api.v1 import api_router
from app.core.config import settings
from app.seed import seed
from app.services.analysis_service import ANALYSIS_EVENTS
from app.services.auth_service import api_keys, browser_sessions, users
from app.services.jobs import jobs
from app.services.upkeep import upkeep
from padstone.app import create_app

__all__ = ["app"]

app = create_app(
    settings,
    title="Insights",
    version="0.1.0",
    description="Analyses of code and documents: prompts, uploads, runs, reports.",
    routers=[health_router, api_router],
    api_keys=api_keys,
    users=users,
    sessions=browser_sessions,
    jobs=jobs,
    event_logs=[ANALYSIS_EVENTS],
    seed=seed,
    periodic=upkeep,
    optional=["redis"],
)
