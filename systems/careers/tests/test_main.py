"""The application as a whole: its metadata, its pages, its routes, its errors."""

import httpx2
import pytest

from app.core import exceptions
from app.core.middleware import RequestContext
from app.main import app
from padstone.problems import status_of


def test_d2_metadata() -> None:
    assert (app.title, app.version) == ("Careers", "0.1.0")
    assert app.description


async def test_d2_pages_are_served(client: httpx2.AsyncClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 200


def test_d2_everything_but_health_is_version_1() -> None:
    paths = set(app.openapi()["paths"])
    assert {path for path in paths if not path.startswith("/api/v1/")} == {
        "/health",
        "/health/live",
        "/health/ready",
    }


async def test_d2_cors_for_configured_origins(client: httpx2.AsyncClient) -> None:
    settings = app.settings
    assert "http://localhost:3000" not in settings.ALLOWED_ORIGINS, "tests configure none"
    answer = await client.get("/health", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (exceptions.AuthError, 401),
        (exceptions.PermissionDeniedError, 403),
        (exceptions.NotFoundError, 404),
        (exceptions.ConflictError, 409),
        (exceptions.ValidationError, 422),
        (exceptions.UnavailableError, 503),
        (exceptions.NotExtractedError, 409),
        (exceptions.NotUploadedError, 409),
        (exceptions.UploadQuotaReachedError, 409),
        (exceptions.UnreadableFileError, 422),
    ],
)
def test_d4_each_error_has_its_status(error: type[exceptions.NotFoundError], status: int) -> None:
    assert status_of(error) == status


async def test_d4_one_shape_for_all_errors(client: httpx2.AsyncClient) -> None:
    fields = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    for path, status in (("/nowhere", 404), ("/api/v1/resumes", 401)):
        answer = await client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == fields


async def test_d4_each_answer_says_its_id_and_how_long_it_took(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health", headers={"X-Request-ID": "a-client-s-own-id-1"})
    assert answer.headers["x-request-id"] == "a-client-s-own-id-1"
    assert answer.headers["server-timing"].startswith("app;dur=")


def test_d4_the_middleware_is_the_outermost_layer() -> None:
    assert isinstance(app.build_middleware_stack(), RequestContext)
