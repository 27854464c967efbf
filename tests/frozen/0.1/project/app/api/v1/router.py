"""Every route of version 1."""

from fastapi import APIRouter

from app.api.v1.notes import notes
from app.services.users import users
from padstone.auth import key_routes
from padstone.auth.users import user_routes

__all__ = ["api_router"]

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(user_routes(users))
api_router.include_router(key_routes, prefix="/keys", tags=["keys"])
api_router.include_router(notes.router)
