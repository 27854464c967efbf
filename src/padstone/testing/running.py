"""The application as a test sees it: started, and bound to the test's own state."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.types import Receive, Scope, Send

from padstone.app import Application
from padstone.backing import attach
from padstone.settings import Settings
from padstone.testing.logs import logging_kept

__all__ = ["Running", "run"]


@dataclass(frozen=True)
class Running:
    """A started application. Several may run at once, each with a state of its own."""

    app: Application
    state: Mapping[str, Any]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = dict(self.state)
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def client(self, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
        """An HTTP client whose requests go straight into the application."""
        transport = httpx2.ASGITransport(app=self, raise_app_exceptions=False)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://test", **options
        ) as client:
            yield client


@asynccontextmanager
async def run(app: Application, settings: Settings) -> AsyncIterator[Running]:
    """Starts ``app`` with ``settings`` in place of its own."""
    before = app.attach
    app.attach = lambda _: attach(settings)  # every address is given
    with logging_kept():
        try:
            async with app.router.lifespan_context(app) as state:
                app.attach = before
                yield Running(app, state or {})
        finally:
            app.attach = before
