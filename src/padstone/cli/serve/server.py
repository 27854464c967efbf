"""The server of one process."""

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from types import FrameType
from typing import Any

import uvicorn

__all__ = ["OnServing", "Server"]

OnServing = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Called with the application's state when the server has begun to serve."""


class Server(uvicorn.Server):
    """uvicorn's server, which can also be stopped while it starts, and tells when it serves."""

    def __init__(self, config: uvicorn.Config, on_serving: OnServing) -> None:
        super().__init__(config)
        self._on_serving = on_serving
        self._starting: asyncio.Task[Any] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application, then listens. A signal meanwhile ends the attempt."""
        self._starting = asyncio.current_task()
        try:
            await super().startup(sockets)
        except asyncio.CancelledError:
            if not self.should_exit:
                raise
        finally:
            self._starting = None
        if self.started:
            try:
                await self._serving(sockets or [])
            except BaseException:
                await self.shutdown(sockets)
                raise

    async def _serving(self, sockets: list[socket.socket]) -> None:
        for one in sockets:
            try:
                one.listen(self.config.backlog)
            except OSError as error:
                # uvloop says nothing where another process listens by now. It closes the socket.
                raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE)) from error
        await self._on_serving(self.lifespan.state)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Takes the signal to end."""
        super().handle_exit(sig, frame)
        if self._starting is not None:
            # An application may wait half a minute for its database.
            self._starting.get_loop().call_soon_threadsafe(self._starting.cancel)
