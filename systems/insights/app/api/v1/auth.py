"""A door: signing in, passwords and API keys are the library's."""

from fastapi import APIRouter

from app.schemas.user import MeRead
from app.services.auth_service import users
from padstone.auth import key_routes
from padstone.auth.users import user_routes

__all__ = ["router"]

router = APIRouter()
router.include_router(user_routes(users, register=None, read=MeRead))
router.include_router(key_routes, prefix="/keys", tags=["keys"])
