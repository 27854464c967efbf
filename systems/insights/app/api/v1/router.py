"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1 import auth, configurations, prompts, users

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
for module in (auth, users, prompts, configurations):
    api_router.include_router(module.router)
