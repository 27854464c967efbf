"""Every route of version 1."""

from fastapi import APIRouter

from app.api.limits import PER_ADDRESS, PER_CALLER, SIGNING_IN
from app.api.v1 import (
    analysis,
    analysis_outcome,
    auth,
    configurations,
    files,
    keys,
    prompts,
    users,
)
from app.core.security import Scope
from app.services.credit_service import ledger
from padstone.auth import Requires
from padstone.credits import credit_routes

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1", dependencies=[PER_ADDRESS])
api_router.include_router(auth.router, dependencies=[SIGNING_IN])
for module in (keys, users, prompts, configurations, files, analysis, analysis_outcome):
    api_router.include_router(module.router, dependencies=[PER_CALLER])
api_router.include_router(
    credit_routes(ledger, read=Requires(Scope.ANALYSES_READ), grant=Requires(Scope.USERS_MANAGE)),
    dependencies=[PER_CALLER],
)
