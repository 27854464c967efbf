"""The client in a route."""

from typing import Any, ClassVar

from fastapi import APIRouter

from padstone.outbound import OutboundDep
from padstone.settings import OutboundSettings


class Settings(OutboundSettings):
    SYSTEM: ClassVar[str] = "caller"


async def test_a_route_calls(serve: Any, started: Any) -> None:
    service = await serve()
    router = APIRouter()

    @router.get("/call")
    async def call(outbound: OutboundDep) -> int:
        return (await outbound.request("GET", service.url)).status_code

    @router.get("/hook")
    async def hook(outbound: OutboundDep) -> int:
        return (await outbound.request("GET", service.url, guarded=True)).status_code

    async with started(router, settings=Settings()) as client:
        answer = await client.get("/call", headers={"X-Request-ID": "0123456789"})
        assert answer.json() == 200
        assert service.heard[0].headers["x-request-id"] == "0123456789"
        refused = await client.get("/hook")
        assert (refused.status_code, refused.json()["code"]) == (422, "forbidden_address")
        metrics = (await client.get("/metrics")).text
    assert len(service.heard) == 1
    assert 'outbound_request_duration_seconds_count{host="127.0.0.1",outcome="200"} 1.0' in metrics
