"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1 import account, auth, credits, objects  # noqa: A004  # the field's word
from padstone.auth import key_routes

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(auth.router)
api_router.include_router(account.router)
api_router.include_router(key_routes, prefix="/keys", tags=["keys"])
api_router.include_router(credits.router)
api_router.include_router(objects.router)
