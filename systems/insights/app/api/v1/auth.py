"""A door: signing in with tokens or with a cookie, and passwords, are the library's."""

from fastapi import APIRouter

from app.schemas.user import MeRead
from app.services.auth_service import users
from padstone.auth.cookie_sessions import cookie_session_routes
from padstone.auth.users import user_routes

__all__ = ["router"]

router = APIRouter()
router.include_router(user_routes(users, register=None, read=MeRead))
router.include_router(cookie_session_routes())
