"""Health over the wire, in the seed's words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["DatabaseHealth", "Health"]


class Health(BaseModel):
    """The service answers."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ok", "version": "0.1.0"}]}
    )

    status: Literal["ok"] = "ok"
    version: str


class DatabaseHealth(BaseModel):
    """The database has just answered a query."""

    status: Literal["ok"] = "ok"
    database: Literal["connected"] = "connected"
