"""The application as a test sees it: started, and bound to the test's own state."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from padstone.app import Application
from padstone.backing import given
from padstone.settings import Settings
from padstone.testing.logs import logging_kept

__all__ = ["Running", "run"]


@dataclass(frozen=True)
class Running:
    """A started application. Several may run at once, each with a state of its own."""

    app: FastAPI
    state: Mapping[str, Any]

    @property
    def application(self) -> Application:
        """``app``, for what needs one that ``create_app`` has made. ``TypeError`` otherwise."""
        if not isinstance(self.app, Application):
            raise TypeError("this needs an application that create_app has made")
        return self.app

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
async def run(app: FastAPI, settings: Settings) -> AsyncIterator[Running]:
    """Starts ``app`` with ``settings`` in place of its own.

    One that ``create_app`` has not made takes them where its lifespan opens what it needs by
    ``open_database``.
    """
    with logging_kept():
        async with AsyncExitStack() as stack:
            with given(settings):
                state = await stack.enter_async_context(app.router.lifespan_context(app))
            yield Running(app, state or {})
