"""A door: registering, signing in and passwords are the library's."""

from app.schemas.user import UserCreate, UserResponse
from app.services.users import users
from padstone.auth.users import user_routes

__all__ = ["router"]

router = user_routes(users, register=UserCreate, read=UserResponse)
