"""The application, put together."""

from app.api.v1.router import api_router
from app.core.config import settings
from app.seed import seed
from app.services.users import api_keys, users
from padstone.app import create_app
from padstone.jobs import Jobs

__all__ = ["app"]

app = create_app(
    settings,
    title="Frozen",
    version="0.1.0",
    routers=[api_router],
    users=users,
    api_keys=api_keys,
    jobs=Jobs(),  # mail to users leaves by them
    seed=seed,
)
