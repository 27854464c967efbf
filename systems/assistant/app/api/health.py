"""The seed's health endpoint."""

from fastapi import APIRouter

from app.core.config import settings
from app.schemas.health import Health

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get("/health", summary="Whether the service answers")
async def get_health() -> Health:
    """Healthy as soon as the process answers, whatever it depends on.

    Whether requests should be sent here, dependencies counted, is said by `/health/ready`.
    """
    return Health(version=settings.API_VERSION)
