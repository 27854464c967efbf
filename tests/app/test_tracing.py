"""OpenTelemetry is noticed, whenever it is set up."""

from typing import Any

import pytest
from opentelemetry import trace

from padstone.app import Application, create_app
from padstone.app import application as module
from padstone.settings import Settings


class Provider(trace.TracerProvider):
    """Counts who asks for a tracer."""

    asked = 0

    def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
        type(self).asked += 1
        return trace.NoOpTracer()


async def ask(app: Application) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/health/live",
        "query_string": b"",
        "headers": [],
        "state": {},
    }
    await app(scope, receive, send)
    return sent


async def test_a_provider_that_comes_late_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(), title="T", version="1", routers=[])
    monkeypatch.setattr(Provider, "asked", 0)
    assert (await ask(app))[0]["status"] == 200
    app._native_telemetry.config["tracer_provider"] = Provider()
    monkeypatch.setattr(module, "_LOOKING_SECONDS", 0.0)
    app._looks_at = 0.0
    assert (await ask(app))[0]["status"] == 200
    assert Provider.asked == 1


async def test_without_one_a_root_path_is_still_said() -> None:
    app = create_app(Settings(), title="T", version="1", routers=[])
    app.root_path = "/behind"
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/behind/health/live"}
    scope |= {"query_string": b"", "headers": [], "state": {}}

    async def send(_message: Any) -> None:
        pass

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)
    assert scope["root_path"] == "/behind"
