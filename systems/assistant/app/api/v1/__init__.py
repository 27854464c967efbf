"""Version 1 of the API."""

from app.api.v1.router import api_router, openai_router

__all__ = ["api_router", "openai_router"]
