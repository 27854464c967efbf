"""The seed's health endpoints."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_db
from app.schemas.health import DatabaseHealth, Health
from app.services.health import ask_database

__all__ = ["root_router", "router"]

root_router = APIRouter(tags=["health"])
router = APIRouter(prefix="/health", tags=["health"])


@root_router.get("/health", summary="Whether the service answers")
async def get_health(request: Request) -> Health:
    """Asks nobody, so that it answers whatever else is down. See also `/health/ready`."""
    return Health(version=request.app.version)


@router.get("", summary="Whether version 1 answers")
async def get_api_health(request: Request) -> Health:
    """Asks nobody, so that it answers whatever else is down."""
    return Health(version=request.app.version)


@router.get("/db", summary="Whether the database answers")
async def get_database_health(session: Annotated[AsyncSession, Depends(get_db)]) -> DatabaseHealth:
    """Sends a query each time it is asked; 503 where no answer comes."""
    await ask_database(session)
    return DatabaseHealth()
