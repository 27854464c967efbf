"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1.endpoints import health

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(health.router)
