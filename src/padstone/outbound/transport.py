"""One request on the wire, and its answer, by httpcore and with httpx's models.

httpx's own client is not used: it keeps cookies between calls of different people, writes whole
URLs into the log, takes proxies from the environment, and sends most headers along when it is
redirected.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpcore2
import httpx2

from padstone.outbound.errors import AnswerTooLargeError, translated

__all__ = ["Bounds", "Transport"]

_KEEPALIVE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may take.

    ``connect`` and ``silence`` are seconds; ``head`` and ``body`` are moments of the loop by which
    the last attempt's head and the body are there.
    """

    connect: float
    silence: float
    head: float
    body: float | None
    max_bytes: int | None


class Transport:
    """A pool of ``size`` connections. ``network`` makes them; by default the plain one."""

    def __init__(
        self,
        size: int,
        tls: ssl.SSLContext,
        network: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=size,
            max_keepalive_connections=size,
            keepalive_expiry=_KEEPALIVE_SECONDS,
            network_backend=network,
        )

    async def send(self, request: httpx2.Request, bounds: Bounds) -> httpx2.Response:
        """The head of the answer; its body is read from it, within the same bounds."""
        url = request.url
        outgoing = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions={
                "timeout": {
                    "connect": bounds.connect,
                    "pool": bounds.connect,
                    "read": bounds.silence,
                    "write": bounds.silence,
                }
            },
        )
        with translated():
            async with asyncio.timeout_at(bounds.head):
                answer = await self._pool.handle_async_request(outgoing)
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, bounds),
            request=request,
            extensions=answer.extensions,
        )

    async def close(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    """The bytes of an answer as they come, counted and with an eye on the clock."""

    def __init__(self, answer: httpcore2.Response, bounds: Bounds) -> None:
        self._answer = answer
        self._bounds = bounds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        most = self._bounds.max_bytes
        pieces = aiter(self._answer.stream)  # type: ignore[arg-type]  # the pool is asynchronous
        while True:
            with translated():
                async with asyncio.timeout_at(self._bounds.body):
                    piece = await anext(pieces, None)
            if piece is None:
                return
            size += len(piece)
            if most is not None and size > most:
                raise AnswerTooLargeError(retry_after=None)
            yield piece

    async def aclose(self) -> None:
        with translated():
            await self._answer.aclose()
