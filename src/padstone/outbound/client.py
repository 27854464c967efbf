"""``OutboundClient``: every call of this process to services elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

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
        self._resolver = Resolver()
        allowed = networks(settings.OUTBOUND_ALLOWED_NETWORKS)
        guard = GuardedNetwork(resolve or self._resolver, allowed)
        # Two pools: a connection that nobody checked must never carry a guarded call.
        self._plain = Transport(settings)
        self._guarded = Transport(settings, guard)

    async def request(  # noqa: PLR0913  # a call has as many sides
        self,
        method: str,
        url: str,
        *,
        guarded: bool = False,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        data: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # of all attempts together
        silence: float | None = None,
        max_bytes: int | None = None,
        redirects: int | None = None,
        retries: int | None = None,
    ) -> httpx2.Response:
        """The whole answer, whatever its status.

        ``guarded`` is for an address that a user supplied. ``timeout`` is in seconds and bounds
        the call with all its attempts; ``silence`` is how long nothing may come; ``max_bytes``
        counts the body once it is unpacked. What is not given is as the settings say, and
        ``redirects`` are followed only where the call is guarded.

        Raises ``OutboundUnavailableError`` and its descendants where there is no answer or none
        that can be used, and ``ForbiddenAddressError`` for a guarded call to anything internal.
        """
        most = max_bytes or self._settings.OUTBOUND_MAX_BYTES
        timeout = timeout or self._settings.OUTBOUND_TIMEOUT_SECONDS
        call = self._call(
            method,
            url,
            _Request(params, headers, json, content, data),
            bounds=self._bounds(timeout, silence, most),
            guarded=guarded,
            redirects=redirects,
            retries=retries,
        )
        answer = await self._answer(call)
        try:
            return await _read_whole(answer, most)
        finally:
            await answer.aclose()

    @asynccontextmanager
    async def stream(  # noqa: PLR0913  # a call has as many sides
        self,
        method: str,
        url: str,
        *,
        guarded: bool = False,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        data: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # of all attempts and the body
        silence: float | None = None,
        max_bytes: int | None = None,
        redirects: int | None = None,
        retries: int | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        """The answer's head, at once; its body is read from it inside the block.

        As ``request``, but without a ``timeout`` or ``max_bytes`` there is no limit to how long or
        large the body is, except where the call is guarded; ``silence`` always holds, for the head
        and between two pieces of the body. Reading raises the same errors. Nothing is repeated
        once the head is there.
        """
        if guarded:
            timeout = timeout or self._settings.OUTBOUND_TIMEOUT_SECONDS
            max_bytes = max_bytes or self._settings.OUTBOUND_MAX_BYTES
        call = self._call(
            method,
            url,
            _Request(params, headers, json, content, data),
            bounds=self._bounds(timeout, silence, max_bytes),
            guarded=guarded,
            redirects=redirects,
            retries=retries,
        )
        if max_bytes is not None:
            # What is packed may be larger than it looks.
            call.request.headers["accept-encoding"] = "identity"
        answer = await self._answer(call)
        try:
            if max_bytes is not None and answer.headers.get("content-encoding"):
                raise UnusableAnswerError(retry_after=None)
            yield answer
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Closes all connections."""
        await self._plain.close()
        await self._guarded.close()
        self._resolver.close()

    def _bounds(
        self, seconds: float | None, silence: float | None, max_bytes: int | None
    ) -> Bounds:
        settings = self._settings
        now = asyncio.get_running_loop().time()
        return Bounds(
            connect=settings.OUTBOUND_CONNECT_TIMEOUT_SECONDS,
            silence=silence or settings.OUTBOUND_SILENCE_TIMEOUT_SECONDS,
            deadline=None if seconds is None else now + seconds,
            max_bytes=max_bytes,
        )

    def _call(
        self,
        method: str,
        url: str,
        given: "_Request",
        *,
        bounds: Bounds,
        guarded: bool,
        redirects: int | None,
        retries: int | None,
    ) -> _Call:
        settings = self._settings
        if redirects is None:
            redirects = settings.OUTBOUND_MAX_REDIRECTS if guarded else 0
        checked = guarded_url(url) if guarded else configured_url(url)
        request = given.made(method, checked, settings.SYSTEM)
        retries = settings.OUTBOUND_RETRIES if retries is None else retries
        return _Call(request, bounds, guarded, redirects, retries)

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
        outcome = "cancelled"
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


@dataclass(frozen=True, slots=True)
class _Request:
    """What a caller gives of a request."""

    params: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    json: Any
    content: bytes | AsyncIterator[bytes] | None
    data: Mapping[str, str] | None

    def made(self, method: str, url: httpx2.URL, system: str) -> httpx2.Request:
        own = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": system}
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id is not None:
            own["x-request-id"] = str(request_id)
        headers = httpx2.Headers(own)
        headers.update(self.headers or {})
        return httpx2.Request(
            method.upper(),
            url.copy_merge_params(dict(self.params)) if self.params else url,
            headers=headers,
            json=self.json,
            content=self.content,
            data=dict(self.data) if self.data is not None else None,
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
    now = asyncio.get_running_loop().time()
    return bounds.deadline is None or now + pause < bounds.deadline
