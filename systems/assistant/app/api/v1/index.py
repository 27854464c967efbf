"""Where version 1 begins."""

from fastapi import APIRouter

from app.core.config import settings
from app.schemas.index import Index

__all__ = ["router"]

router = APIRouter()


@router.get("/", tags=["index"], summary="Where the API begins")
async def get_index() -> Index:
    """Which version this is, and where it is described."""
    return Index(version=settings.API_VERSION)
