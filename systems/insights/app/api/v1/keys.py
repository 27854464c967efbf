"""A door: a user's API keys are the library's."""

from fastapi import APIRouter

from padstone.auth import key_routes

__all__ = ["router"]

router = APIRouter()
router.include_router(key_routes, prefix="/keys", tags=["keys"])
