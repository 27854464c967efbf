"""Probes for whoever restarts and routes: live and ready."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from padstone.health.monitor import HealthMonitor
from padstone.state import opened

__all__ = ["HealthDep", "Liveness", "Readiness", "health_of", "health_router"]


def health_of(connection: HTTPConnection) -> HealthMonitor:
    """The application's monitor. ``UnavailableError`` where the application has not started."""
    return opened(connection, "health", HealthMonitor)


async def _health(connection: HTTPConnection) -> HealthMonitor:
    return health_of(connection)


HealthDep = Annotated[HealthMonitor, Depends(_health)]
"""The application's monitor, for a system's own shape of the answer."""


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class DependencyHealth(BaseModel):
    """One dependency's last answer."""

    status: Literal["up", "down"]
    required: bool = Field(description="Whether it is not ready without it.")
    milliseconds: float = Field(description="How long the last check took.")
    reason: str | None = Field(None, description="Why it counts as down.")


class Readiness(BaseModel):
    """Whether to send requests here."""

    status: Literal["ready", "not_ready", "draining"]
    dependencies: dict[str, DependencyHealth]


def health_router() -> APIRouter:
    """``/health/live``, which needs nothing, and ``/health/ready``, which reads the last checks."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", operation_id="get_liveness", summary="Whether the process answers")
    async def live() -> Liveness:
        return Liveness()

    @router.get(
        "/ready",
        operation_id="get_readiness",
        summary="Whether requests should be sent here",
        responses={503: {"model": Readiness, "description": "Not now."}},
    )
    async def ready(monitor: HealthDep, response: Response) -> Readiness:
        response.status_code = 200 if monitor.ready else 503
        waiting: Literal["draining", "not_ready"] = "draining" if monitor.draining else "not_ready"
        return Readiness(
            status="ready" if monitor.ready else waiting,
            dependencies={
                name: DependencyHealth(
                    status="up" if result.ok else "down",
                    required=monitor.is_required(name),
                    milliseconds=round(result.seconds * 1000, 2),
                    reason=result.reason or None,
                )
                for name, result in monitor.results.items()
            },
        )

    return router
