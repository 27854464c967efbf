"""The response that sends events for as long as there are any, and knows when to end."""

import asyncio
import random
from collections.abc import AsyncIterable, Awaitable, Iterable, Mapping

import structlog
from fastapi.sse import KEEPALIVE_COMMENT
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from padstone.db import translate
from padstone.errors import PadstoneError
from padstone.events.event import Event
from padstone.problems.handlers import internal_error, problem_of
from padstone.settings import Settings
from padstone.shutdown import Shutdown
from padstone.state import opened

__all__ = ["MEDIA_TYPE", "EventStream"]

MEDIA_TYPE = "text/event-stream"
PATIENCE_SECONDS = 30.0
"""For how long a client may take nothing before its stream is given up."""

_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # nginx would collect events until a buffer is full
}

_log = structlog.get_logger("padstone.events")


class EventStream(Response):
    """Sends the events of ``source`` to one client (``text/event-stream``).

    A comment is sent at once, and whenever there was nothing else for ``heartbeat`` seconds, so
    that nobody between here and the client takes the connection for dead. The source is asked for
    its next event when the last one is sent: what is kept in memory is one event, however slow the
    client is. It is closed, in the task that ran it, before the response ends.

    An ``endless`` stream ends on shutdown, with an event of the kind ``shutdown``, and after
    STREAM_MAX_SECONDS. Clients come again then, and say how far they got. Any other is expected to
    end by itself within SHUTDOWN_GRACE_SECONDS, and left alone.

    A source that fails ends the stream with an event ``problem``, whose data is the problem that
    would have been the answer.

    It takes nothing from the database, and the sessions of ``SessionDep`` are closed before the
    first byte is sent. A source that needs one opens it for as long as it reads.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        source: AsyncIterable[Event],
        *,
        heartbeat: float = 15.0,
        endless: bool = True,
        headers: Mapping[str, str] | None = None,
        status_code: int = 200,
    ) -> None:
        self.status_code = status_code
        self.background = None
        self.source = source
        self.heartbeat = heartbeat
        self.endless = endless
        self.init_headers({**_HEADERS, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        shutdown = opened(request, "shutdown", Shutdown)
        settings = opened(request, "settings", Settings)
        writer = _Writer(send)
        await writer.begin(self.status_code, self.raw_headers)
        events = asyncio.ensure_future(self._send_all(writer))
        gone = asyncio.ensure_future(_until_gone(receive))
        others: list[Awaitable[object]] = [writer.beat(self.heartbeat)]
        if self.endless:
            others.append(shutdown.wait())
        tasks = [events, gone, *map(asyncio.ensure_future, others)]
        longest = settings.STREAM_MAX_SECONDS if self.endless else None
        try:
            await asyncio.wait(tasks, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
            is_over = gone.done()
        finally:
            await _cancel(tasks)
        if writer.is_stuck:
            _log.info("gave up a client that takes no events")
        elif not is_over:
            await self._end(request, writer, events)

    async def _send_all(self, writer: "_Writer") -> None:
        try:
            async for event in self.source:
                await writer.write(event.encode())
                await asyncio.sleep(0)  # neither need have waited, and others want their turn
        finally:
            # A generator that was left in the middle would be closed by the garbage collector.
            close = getattr(self.source, "aclose", None)
            if close is not None:
                await close()

    async def _end(
        self, request: Request, writer: "_Writer", events: "asyncio.Future[None]"
    ) -> None:
        error = None if events.cancelled() else events.exception()
        if error is not None:
            _log.warning("event stream failed", error=type(error).__name__)
            await writer.write(_problem(request, error).encode())
        elif events.cancelled() and opened(request, "shutdown", Shutdown).is_ending:
            # Not all at once: those who come again are all that were here.
            pause = random.randint(500, 3000)  # noqa: S311  # nobody's secret
            await writer.write(Event({}, event="shutdown", retry=pause).encode())
        await writer.end()
        if error is not None and _is_defect(error):
            raise error  # the middleware outside logs it


class _Writer:
    """The way to one client."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self.is_stuck = False

    async def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Sends the head, and a comment right after it: some wait for a byte of the body."""
        await self._send(
            {"type": "http.response.start", "status": status, "headers": list(headers)}
        )
        await self.write(KEEPALIVE_COMMENT)

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """Sends ``data``. Raises ``TimeoutError`` where the client takes nothing."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._send({"type": "http.response.body", "body": data, "more_body": more})
        except TimeoutError:
            self.is_stuck = True
            raise
        self._last = self._loop.time()

    async def end(self) -> None:
        """Ends the body."""
        await self.write(b"", more=False)

    async def beat(self, seconds: float) -> None:
        """Sends a comment whenever nothing was sent for so many seconds."""
        while True:
            pause = self._last + seconds - self._loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            else:
                await self.write(KEEPALIVE_COMMENT)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancel(tasks: Iterable["asyncio.Future[object]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _known(error: BaseException) -> PadstoneError | None:
    return error if isinstance(error, PadstoneError) else translate(error)


def _is_defect(error: BaseException) -> bool:
    return _known(error) is None


def _problem(request: Request, error: BaseException) -> Event:
    known = _known(error)
    answer = internal_error(request) if known is None else problem_of(request, known)
    return Event(bytes(answer.body).decode(), event="problem")
