"""``OutboundClient``: every call of this process to services elsewhere."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Unpack

import httpx2
import structlog

from padstone.errors import PadstoneError
from padstone.outbound.addresses import networks
from padstone.outbound.errors import (
    AnswerTooLargeError,
    OutboundUnavailableError,
    TooManyRedirectsError,
    UnusableAnswerError,
    translated,
)
from padstone.outbound.guard import GuardedNetwork
from padstone.outbound.names import Resolve, Resolver
from padstone.outbound.redirects import next_request
from padstone.outbound.request import Given, made_request
from padstone.outbound.retries import Retries
from padstone.outbound.transport import Bounds, Transport
from padstone.outbound.urls import configured_url, guarded_url
from padstone.settings import OutboundSettings

__all__ = ["OutboundClient"]

Observe = Callable[[str, str, float], None]

_log = structlog.get_logger("padstone.outbound")


@dataclass(frozen=True, slots=True)
class _Call:
    request: httpx2.Request
    bounds: Bounds
    guarded: bool
    redirects: int
    retries: int


class OutboundClient:
    """Calls services by HTTP. Makes no connection before the first call.

    Every call has its time limits. Nothing is remembered between calls, cookies least of all.
    ``observe`` is told of every exchange: the host (``guarded`` for users' addresses), the status
    or the error's code, and seconds. ``resolve`` says which addresses a name has; by default this
    machine's name service does.
    """

    def __init__(
        self,
        settings: OutboundSettings,
        *,
        observe: Observe | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._settings = settings
        self._observe = observe
        allowed = networks(settings.OUTBOUND_ALLOWED_NETWORKS)
        guard = GuardedNetwork(resolve or Resolver(), allowed)
        # Two pools: a connection that nobody checked must never carry a guarded call.
        size = settings.OUTBOUND_MAX_CONNECTIONS
        tls = ssl.create_default_context(cafile=settings.OUTBOUND_SSL_ROOT_CERT)
        self._plain = Transport(size, tls)
        self._guarded = Transport(size, tls, guard)

    async def request(self, method: str, url: str, **given: Unpack[Given]) -> httpx2.Response:
        """The whole answer, whatever its status.

        Raises ``OutboundUnavailableError`` and its descendants where there is no answer or none
        that can be used, and ``ForbiddenAddressError`` for a guarded call to anything internal.
        """
        given.setdefault("timeout", self._settings.OUTBOUND_TIMEOUT_SECONDS)
        most = given.setdefault("max_bytes", self._settings.OUTBOUND_MAX_BYTES)
        answer = await self._answer(self._call(method, url, given))
        try:
            return await _read_whole(answer, most)
        finally:
            await answer.aclose()

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, **given: Unpack[Given]
    ) -> AsyncIterator[httpx2.Response]:
        """The answer's head, at once; its body is read from it inside the block.

        Without a ``timeout`` or ``max_bytes`` there is no limit to how long or large the body is,
        except where the call is guarded; ``silence`` always holds, for the head and between two
        pieces of the body. Reading raises what ``request`` does. Nothing is repeated once the head
        is there.
        """
        if given.get("guarded"):
            given.setdefault("timeout", self._settings.OUTBOUND_TIMEOUT_SECONDS)
            given.setdefault("max_bytes", self._settings.OUTBOUND_MAX_BYTES)
        call = self._call(method, url, given)
        is_bounded = "max_bytes" in given
        if is_bounded:
            # What is packed may be larger than it looks.
            call.request.headers["accept-encoding"] = "identity"
        answer = await self._answer(call)
        try:
            if is_bounded and answer.headers.get("content-encoding"):
                raise UnusableAnswerError(retry_after=None)
            yield answer
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Closes all connections."""
        await self._plain.close()
        await self._guarded.close()

    def _call(self, method: str, url: str, given: Given) -> _Call:
        settings = self._settings
        guarded = given.get("guarded", False)
        address = guarded_url(url) if guarded else configured_url(url)
        seconds = given.get("timeout")
        now = asyncio.get_running_loop().time()
        return _Call(
            request=made_request(method.upper(), address, settings.SYSTEM, given),
            bounds=Bounds(
                connect=settings.OUTBOUND_CONNECT_TIMEOUT_SECONDS,
                silence=given.get("silence", settings.OUTBOUND_SILENCE_TIMEOUT_SECONDS),
                head=now + (seconds or settings.OUTBOUND_TIMEOUT_SECONDS),
                body=None if seconds is None else now + seconds,
                max_bytes=given.get("max_bytes"),
            ),
            guarded=guarded,
            redirects=given.get("redirects", settings.OUTBOUND_MAX_REDIRECTS if guarded else 0),
            retries=given.get("retries", settings.OUTBOUND_RETRIES),
        )

    async def _answer(self, call: _Call) -> httpx2.Response:
        """The answer after all redirects."""
        for _ in range(call.redirects + 1):
            answer = await self._repeated(call)
            try:
                following = next_request(call.request, answer) if call.redirects else None
                if following is None:
                    return answer
                if call.guarded:
                    guarded_url(str(following.url))
            except PadstoneError:
                await answer.aclose()
                raise
            await answer.aclose()
            call = replace(call, request=following)
        raise TooManyRedirectsError(retry_after=None)

    async def _repeated(self, call: _Call) -> httpx2.Response:
        """The answer of the last attempt."""
        retries = Retries(call.request, call.retries, self._settings.OUTBOUND_MAX_PAUSE_SECONDS)
        while True:
            try:
                answer = await self._attempt(call)
            except OutboundUnavailableError as error:
                pause = retries.after_error(error)
                if pause is None or not _is_time(pause, call.bounds):
                    raise
            else:
                pause = retries.after_answer(answer)
                if pause is None or not _is_time(pause, call.bounds):
                    return answer
                await answer.aclose()
            await asyncio.sleep(pause)

    async def _attempt(self, call: _Call) -> httpx2.Response:
        began = perf_counter()
        outcome = "aborted"
        try:
            transport = self._guarded if call.guarded else self._plain
            answer = await transport.send(call.request, call.bounds)
        except PadstoneError as error:
            outcome = error.code
            raise
        else:
            outcome = str(answer.status_code)
            return answer
        finally:
            self._note(call, outcome, perf_counter() - began)

    def _note(self, call: _Call, outcome: str, seconds: float) -> None:
        url = call.request.url
        host = "guarded" if call.guarded else url.host
        if self._observe is not None:
            self._observe(host, outcome, seconds)
        _log.info(
            "called",
            method=call.request.method,
            host=url.host,
            outcome=outcome,
            duration_ms=round(seconds * 1000, 2),
            # A user's address may be a secret to its end, and nobody's query is written.
            **({} if call.guarded else {"path": url.path}),
        )


async def _read_whole(answer: httpx2.Response, most: int) -> httpx2.Response:
    """The answer with its body, unpacked a piece at a time so that no bomb goes off."""
    content = bytearray()
    with translated():
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > most:
                raise AnswerTooLargeError(retry_after=None)
    headers = answer.headers.copy()
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        headers.pop(name, None)
    return httpx2.Response(
        answer.status_code,
        headers=headers,
        content=bytes(content),
        request=answer.request,
        extensions=answer.extensions,
    )


def _is_time(pause: float, bounds: Bounds) -> bool:
    return asyncio.get_running_loop().time() + pause < bounds.head
