"""The application, put together."""

from app.api.health import router as health_router
from app.api.v1 import api_router
from app.core.config import settings
from app.seed import seed
from app.services.jobs import jobs
from app.services.upkeep import upkeep
from app.services.users import users
from padstone.app import create_app

__all__ = ["app"]

app = create_app(
    settings,
    title="Shop",
    version="0.1.0",
    description="A catalogue, carts, orders, and stock that is never oversold.",
    routers=[health_router, api_router],
    users=users,
    jobs=jobs,
    seed=seed,
    periodic=upkeep,
)
