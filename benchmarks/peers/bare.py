"""FastAPI and nothing else: the answers of our health routes, without a layer around them."""

from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Liveness(BaseModel):
    status: Literal["alive"] = "alive"


class Health(BaseModel):
    status: Literal["healthy", "degraded", "unhealthy"]
    database: Literal["connected", "disconnected"]
    storage: Literal["connected", "disconnected"]
    version: str


@app.get("/health/live")
async def live() -> Liveness:
    return Liveness()


@app.get("/health")
async def health() -> Health:
    return Health(status="healthy", database="connected", storage="connected", version="0.1.0")
