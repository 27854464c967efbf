"""A pass-through: asks the model by httpx, and hands on the bytes as they come.

It knows nobody, counts nothing and reads nothing of what it hands on.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=os.environ["MODEL_URL"], timeout=60) as client:
        app.state.client = client
        yield


async def live(_request: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def complete(request: Request) -> Response:
    client: httpx.AsyncClient = request.app.state.client
    asked = client.build_request("POST", "/v1/chat/completions", content=await request.body())
    answer = await client.send(asked, stream=True)

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_raw():
                yield chunk
        finally:
            await answer.aclose()

    return StreamingResponse(chunks(), answer.status_code, media_type="text/event-stream")


app = Starlette(
    routes=[
        Route("/health/live", live),
        Route("/api/v1/chat/completions", complete, methods=["POST"]),
    ],
    lifespan=lifespan,
)
