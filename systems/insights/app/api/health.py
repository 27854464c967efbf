"""Health, for a person and for a load balancer that knows one address."""

from fastapi import APIRouter, Request, Response

from app.schemas.health import Health
from padstone.health import HealthDep

__all__ = ["router"]

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    summary="The service and its database",
    responses={503: {"model": Health, "description": "The database does not answer."}},
)
async def get_health(request: Request, monitor: HealthDep, response: Response) -> Health:
    """Healthy, or unhealthy, with 503, without the database.

    It reads the last background check, so it may be asked as often as one likes.
    """
    database = monitor.is_up("database")
    response.status_code = 200 if database else 503
    return Health(
        status="healthy" if database else "unhealthy",
        database="connected" if database else "disconnected",
        version=request.app.version,
    )
