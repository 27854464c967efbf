"""One client's connection, from its first byte to a polite end."""

import asyncio
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from padstone.cli.serve.exchange import Exchange
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
        self.access_log = False  # the middleware writes a better line
        self._idle_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begins. The server may be about to end by now, and have told all that were there."""
        super().connection_made(transport)
        shutdown = self.app_state.get("shutdown")
        if isinstance(shutdown, Shutdown) and shutdown.is_ending:
            self.shutdown()

    def on_headers_complete(self) -> None:
        """The request begins, with whatever of its body comes later."""
        scope, parser = self.scope, self.parser
        version = parser.get_http_version()
        if version != "1.1":
            scope["http_version"] = version
        scope["method"] = parser.get_method().decode("ascii")
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        before = self._last
        self.cycle = Exchange(
            scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and parser.should_keep_alive(),
            self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:  # it was sent before the last one's answer, and has its turn
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_response_complete(self) -> None:
        """The answer has been given."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def data_received(self, data: bytes) -> None:
        """More of a request."""
        self._idle_since = None
        super().data_received(data)

    def _unset_keepalive_if_required(self) -> None:
        """Nothing: one timer that looks now and then costs less than one for each answer."""

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Closes the connection where nobody has asked anything for long enough."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None or self.transport.is_closing():
            return  # the next answer has its own
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(left)
        else:
            self.transport.close()

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
        super()._unset_keepalive_if_required()
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
