"""The application, put together."""

from app.api.health import router as health_router
from app.api.v1 import api_router
from app.core.config import settings
from app.seed import seed
from app.services.keys import api_keys
from app.services.upkeep import upkeep
from padstone.app import create_app

__all__ = ["app"]

app = create_app(
    settings,
    title="Accounts",
    version="0.1.0",
    description="Accounts, API keys, prepaid credits and artifacts of a developer CLI.",
    routers=[health_router, api_router],
    api_keys=api_keys,
    seed=seed,
    periodic=upkeep,
)
