"""The application, put together."""

from app.api.v1.api import api_router
from app.api.v1.endpoints.health import root_router
from app.core.config import settings
from app.seed import seed
from app.services.jobs import jobs
from app.services.upkeep import upkeep
from app.services.users import users
from padstone.app import create_app

__all__ = ["app"]

app = create_app(
    settings,
    title="Careers",
    version="0.1.0",
    description="Résumés, job postings, applications and what became of them.",
    routers=[root_router, api_router],
    users=users,
    jobs=jobs,
    seed=seed,
    periodic=upkeep,
)
