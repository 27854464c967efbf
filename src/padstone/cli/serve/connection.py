"""One client's connection, from its first byte to a polite end."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from padstone.shutdown import Shutdown

if TYPE_CHECKING:
    from uvicorn.server import ServerState

    from padstone.cli.serve.config import Config

__all__ = ["Connection"]

TAKING_SECONDS = 20.0
"""For how long a client may take none of what it is sent."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which it closes less abruptly and keeps less patiently.

    A server that ends closes whatever is not being answered. The request of a connection that it
    has just taken may be on its way, though, and so may the next one of a client that keeps its
    connection. Both get a moment, and the answer to what comes closes the connection. uvicorn also
    waits for a client that takes nothing for as long as that stays.
    """

    def __init__(
        self,
        config: "Config",
        server_state: "ServerState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._fresh_seconds = config.fresh_seconds
        self._idle_seconds = config.idle_seconds
        self._abortion: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begins. The server may be about to end by now, and have told all that were there."""
        super().connection_made(transport)
        shutdown = self.app_state.get("shutdown")
        if isinstance(shutdown, Shutdown) and shutdown.is_ending:
            self.shutdown()

    def shutdown(self) -> None:
        """The server ends: closes after the answer that is being given, or after a moment."""
        if self._is_idle:
            moment = self._fresh_seconds if self._last is None else self._idle_seconds
            self.loop.call_later(moment, self._close_if_idle)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """The client takes less than it is sent."""
        super().pause_writing()
        self._abortion = self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken most of what it was sent."""
        self._go_on()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends."""
        self._go_on()
        super().connection_lost(exc)

    @property
    def _last(self) -> RequestResponseCycle | None:
        # Before the first request there is none, whatever its type says.
        return cast("RequestResponseCycle | None", self.cycle)

    @property
    def _is_idle(self) -> bool:
        return self._last is None or self._last.response_complete

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.transport.close()

    def _go_on(self) -> None:
        if self._abortion is not None:
            self._abortion.cancel()
            self._abortion = None
