"""Health over the wire, in the seed's words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Health"]

Connection = Literal["connected", "disconnected"]


class Health(BaseModel):
    """The service and the two dependencies it has."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "healthy",
                    "database": "connected",
                    "storage": "connected",
                    "version": "0.1.0",
                }
            ]
        }
    )

    status: Literal["healthy", "degraded", "unhealthy"]
    database: Connection
    storage: Connection
    version: str
