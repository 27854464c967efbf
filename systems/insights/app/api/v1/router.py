"""Every route of version 1."""

from fastapi import APIRouter

from app.api.limits import PER_ADDRESS, PER_CALLER, SIGNING_IN
from app.api.v1 import (
    analysis,
    analysis_outcome,
    auth,
    configurations,
    credits,  # noqa: A004  # the module, not what interactive Python says of itself
    files,
    keys,
    prompts,
    users,
)

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1", dependencies=[PER_ADDRESS])
api_router.include_router(auth.router, dependencies=[SIGNING_IN])
for module in (keys, users, prompts, configurations, files, analysis, analysis_outcome, credits):
    api_router.include_router(module.router, dependencies=[PER_CALLER])
