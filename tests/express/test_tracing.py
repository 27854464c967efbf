"""Who traces requests sees those of the express lane by their routes."""

from typing import Any
from uuid import uuid4

import pytest
from opentelemetry import trace

from .conftest import Lanes


class Span(trace.NonRecordingSpan):
    """Remembers its name."""

    def __init__(self, names: list[str], name: str) -> None:
        super().__init__(trace.INVALID_SPAN_CONTEXT)
        self.names = names
        names.append(name)

    def update_name(self, name: str) -> None:
        self.names.append(name)


class Tracer(trace.NoOpTracer):
    def __init__(self) -> None:
        self.names: list[str] = []

    def start_span(self, name: str, *_: Any, **__: Any) -> trace.Span:
        return Span(self.names, name)


class Provider(trace.TracerProvider):
    def __init__(self) -> None:
        self.tracer = Tracer()

    def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
        return self.tracer


@pytest.fixture
def provider(lanes: Lanes, monkeypatch: pytest.MonkeyPatch) -> Provider:
    app = lanes.running.app
    found = Provider()
    monkeypatch.setitem(app._native_telemetry.config, "tracer_provider", found)
    monkeypatch.setattr(app, "_looks_at", 0.0)
    return found


async def test_a_span_is_named_by_its_route_in_either_lane(
    lanes: Lanes, provider: Provider
) -> None:
    await lanes.both("GET", f"/things/{uuid4()}")
    names = [name for name in provider.tracer.names if " " in name]
    assert names == ["GET /api/things/{thing_id}"] * 2
    assert lanes.express == 1
