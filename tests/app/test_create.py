"""What every application has, whatever its routers."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from openapi_spec_validator import validate

from padstone.jobs import Jobs
from padstone.settings import DatabaseSettings, Settings

MakeClient = Callable[..., Any]


async def test_it_is_a_fastapi_application(make_app: Callable[..., Any]) -> None:
    assert isinstance(make_app(), FastAPI)


async def test_documentation_is_served_with_a_policy_that_lets_it_run(started: MakeClient) -> None:
    async with started() as client:
        for path in ("/docs", "/redoc"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "/openapi.json" in answer.text
            assert "cdn.jsdelivr.net" in answer.headers["content-security-policy"]


async def test_the_openapi_document_is_valid_and_names_readable_operations(
    started: MakeClient,
) -> None:
    router = APIRouter()

    @router.get("/things/{thing_id}")
    async def read_thing(thing_id: int) -> int:
        return thing_id

    async with started(router) as client:
        document = (await client.get("/openapi.json")).json()
    validate(document)
    operation = document["paths"]["/things/{thing_id}"]["get"]
    assert operation["operationId"] == "read_thing"
    assert {"404", "422", "500", "503"} <= set(operation["responses"])


def test_an_application_with_jobs_needs_their_settings(make_app: Callable[..., Any]) -> None:
    class WithDatabase(DatabaseSettings):
        """Has no settings for jobs, by which migrations would know of their tables."""

    for settings, missing in ((Settings(), "DatabaseSettings"), (WithDatabase(), "JobSettings")):
        with pytest.raises(TypeError, match=f"must inherit {missing}"):
            make_app(settings=settings, jobs=Jobs())


async def test_liveness_needs_no_lifespan(make_app: Callable[..., Any]) -> None:
    transport = httpx2.ASGITransport(app=make_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
        ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["detail"] == "The application has not started yet."


async def test_metrics_are_open_in_development_only(started: MakeClient) -> None:
    deployed = Settings(ENVIRONMENT="production", SECRET_KEY="x" * 40)
    async with started(settings=deployed) as client:
        assert (await client.get("/metrics")).status_code == 404
    async with started() as client:
        assert (await client.get("/metrics")).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"), [("Bearer right-token", 200), ("Bearer wrong", 401), ("", 401)]
)
async def test_a_metrics_token_guards_them(started: MakeClient, header: str, status: int) -> None:
    settings = Settings(METRICS_TOKEN="right-token")
    async with started(settings=settings) as client:
        answer = await client.get("/metrics", headers={"Authorization": header})
    assert answer.status_code == status


async def test_metrics_count_by_route_template(started: MakeClient) -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")

    @inner.get("/things/{thing_id}")
    async def read_thing(thing_id: int) -> int:
        return thing_id

    outer.include_router(inner)
    async with started(outer) as client:
        for number in range(3):
            await client.get(f"/outer/inner/things/{number}")
        await client.get("/nowhere/1")
        text = (await client.get("/metrics")).text
    label = 'method="GET",route="/outer/inner/things/{thing_id}",status="200"'
    assert f"http_request_duration_seconds_count{{{label}}} 3.0" in text
    assert 'route="unmatched",status="404"' in text
