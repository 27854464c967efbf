"""The application, put together. ``python app/main.py`` serves it too."""

if __name__ == "__main__":
    # Started as a file, Python looks for `app` beside it and not one folder up, where it is.
    import os
    import sys
    from pathlib import Path

    _folder = Path(__file__).resolve().parents[1]
    os.chdir(_folder)
    sys.path[0] = str(_folder)
    sys.argv[1:] = ["serve", *sys.argv[1:]]

    from padstone.__main__ import main

    sys.exit(main())

from app.api.health import router as health_router
from app.api.openai_errors import openai_error
from app.api.root import router as root_router
from app.api.v1 import api_router, openai_router
from app.core.config import settings
from app.seed import seed
from app.services.jobs import jobs
from app.services.keys import api_keys
from app.services.metering import meter
from app.services.upkeep import upkeep
from app.services.users import users
from padstone.app import create_app

__all__ = ["app"]

app = create_app(
    settings,
    title="Assistant",
    version=settings.API_VERSION,
    description="Authentication and chat completions: the backend of a coding assistant.",
    routers=[root_router, health_router, api_router, openai_router],
    users=users,
    api_keys=api_keys,
    jobs=jobs,
    seed=seed,
    periodic=upkeep,
    meter=meter,
    problem_form=openai_error,
)
