"""Asking a provider over HTTP, and believing as little as possible of what comes back."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, NoReturn

import httpx2
import orjson
import structlog

from padstone.outbound import (
    OutboundClient,
    OutboundTimeoutError,
    OutboundUnavailableError,
    UnusableAnswerError,
)
from padstone.providers.errors import (
    ContextTooLongError,
    ProviderBrokenError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from padstone.providers.events import ServerEvent, read_events

__all__ = ["Upstream"]

_MOST_ERROR_BYTES = 64 * 1024
_LONGEST_PAUSE = 60.0
# The request itself is at fault. All else is ours or the provider's: a key, an address, a limit.
_REFUSALS = {400, 413, 415, 422}
_OK = 200
_MOST_SECONDS = 3600.0  # the limits that are meant are ``Limits``
_IS_WORD = re.compile(r"[a-z_]{1,40}").fullmatch

_log = structlog.get_logger("padstone.providers")


class Upstream:
    """One provider's address. ``headers`` hold its key, which is sent nowhere else."""

    def __init__(
        self, client: OutboundClient, base_url: str, headers: Mapping[str, str], name: str
    ) -> None:
        self.name = name
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._headers = {
            **headers,
            "content-type": "application/json",
            "accept": "text/event-stream",
            # A stream gains nothing by being packed, and a small one could unpack without end.
            "accept-encoding": "identity",
        }

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[ServerEvent]:
        """Posts ``body`` and gives the events that answer it.

        Raises ``ProviderRefusedError`` and ``ProviderUnavailableError``.
        """
        asked = self._asked(path, orjson.dumps(body))
        async with asked as response, aclosing(_pieces(response)) as pieces:
            async for event in read_events(pieces):
                yield event

    def fail(self, error: Mapping[str, Any], status: int = 0) -> NoReturn:
        """Raises what an error object of the provider means. ``status`` is 0 within a stream."""
        word = _word(error)
        _log.warning("provider failed", provider=self.name, status=status or None, reason=word)
        if word == "context_length_exceeded":
            raise ContextTooLongError
        if status in _REFUSALS:
            raise ProviderRefusedError
        raise ProviderUnavailableError

    @asynccontextmanager
    async def _asked(self, path: str, content: bytes) -> AsyncIterator[httpx2.Response]:
        # Whoever asks us knows how long it may take, and when asking again is worth it.
        try:
            async with self._client.stream(
                "POST",
                f"{self._base_url}{path}",
                headers=self._headers,
                content=content,
                timeout=_MOST_SECONDS,
                silence=_MOST_SECONDS,
                retries=0,
            ) as response:
                await self._refuse_failure(response)
                yield response
        # What stands behind these may hold an address or a piece of the answer.
        except OutboundTimeoutError:
            raise ProviderTimeoutError from None
        except UnusableAnswerError:
            raise ProviderBrokenError from None
        except OutboundUnavailableError:
            raise ProviderUnavailableError from None

    async def _refuse_failure(self, response: httpx2.Response) -> None:
        if response.status_code == _OK:
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media_type != "text/event-stream" or "content-encoding" in response.headers:
                _log.warning("provider failed", provider=self.name, reason="no event stream")
                raise ProviderBrokenError
            return
        try:
            self.fail(await _error_of(response), response.status_code)
        except ProviderUnavailableError as failure:
            failure.asked_pause = _pause(response)
            failure.retry_after = failure.asked_pause or failure.retry_after
            raise


async def _pieces(response: httpx2.Response) -> AsyncGenerator[bytes]:
    async for piece in response.aiter_raw():
        yield piece


async def _error_of(response: httpx2.Response) -> Mapping[str, Any]:
    """The error object of a failed answer, as far as there is one."""
    body = b""
    async with aclosing(_pieces(response)) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > _MOST_ERROR_BYTES:
                return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _word(error: Mapping[str, Any]) -> str:
    """The kind of error, where it is one word that could not be anything else."""
    for name in ("code", "type"):
        word = error.get(name)
        if isinstance(word, str) and _IS_WORD(word):
            return word
    return "unknown"


def _pause(response: httpx2.Response) -> float | None:
    try:
        pause = float(response.headers.get("retry-after", ""))
    except ValueError:  # none, or a date, which would need the provider's clock
        return None
    return min(pause, _LONGEST_PAUSE) if pause > 0 else None
