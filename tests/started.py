"""Applications for the tests of whatever surrounds a request."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter

from padstone.app import Application, create_app
from padstone.settings import Settings
from padstone.testing.running import run

Client = AbstractAsyncContextManager[httpx2.AsyncClient]
MakeClient = Callable[..., Client]


@pytest.fixture
def make_app() -> Callable[..., Application]:
    """An application that has the given routers."""

    def make(*routers: APIRouter, settings: Settings | None = None, **options: Any) -> Application:
        return create_app(
            settings or Settings(), title="Things", version="1.2.3", routers=routers, **options
        )

    return make


@pytest.fixture
def started(make_app: Callable[..., Application]) -> MakeClient:
    """A client on a started application that has the given routers."""

    @asynccontextmanager
    async def make(
        *routers: APIRouter, settings: Settings | None = None, **options: Any
    ) -> AsyncIterator[httpx2.AsyncClient]:
        app = make_app(*routers, settings=settings, **options)
        async with run(app, app.settings) as running, running.client() as client:
            yield client

    return make
