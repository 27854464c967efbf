"""An operation that breaks is found."""

from pathlib import Path

import pytest
from fastapi import APIRouter

from contracted import ThingCreate, ThingsWorld, Writer, keys, serving
from padstone.app import create_app
from padstone.settings import DatabaseSettings
from padstone.testing.contract import fuzz
from padstone.testing.running import run


async def test_an_operation_that_breaks(
    things_settings: DatabaseSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 5)
    faulty = APIRouter(prefix="/faults")

    @faulty.post("", status_code=204)
    async def create_fault(_: Writer, body: ThingCreate) -> None:
        raise RuntimeError(body.name)

    app = create_app(things_settings, title="Things", version="1", routers=[faulty], api_keys=keys)
    async with (
        run(app, things_settings) as running,
        running.client() as client,
        serving(app, things_settings) as server,
    ):
        with pytest.raises(AssertionError, match="Server error"):
            await fuzz.test_c6_schemathesis_finds_nothing(
                server, ThingsWorld(running, client), tmp_path
            )
