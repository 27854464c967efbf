"""The seed's health endpoint."""

from fastapi import APIRouter, Request, Response

from app.schemas.health import Health
from padstone.health import HealthDep

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    summary="The service and its dependencies",
    responses={503: {"model": Health, "description": "The database does not answer."}},
)
async def get_health(request: Request, monitor: HealthDep, response: Response) -> Health:
    """Healthy, or degraded without the storage; unhealthy, with 503, without the database.

    It reads the last background check, so it may be asked as often as one likes.
    """
    database = monitor.is_up("database")
    storage = monitor.is_up("storage")
    response.status_code = 200 if database else 503
    return Health(
        status="unhealthy" if not database else "healthy" if storage else "degraded",
        database="connected" if database else "disconnected",
        storage="connected" if storage else "disconnected",
        version=request.app.version,
    )
