"""What a caller says of a call, and the request that it makes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypedDict

import httpx2
import structlog

__all__ = ["Given", "made_request"]


class Given(TypedDict, total=False):
    """What a call may be told. What is not given is as the settings say."""

    guarded: bool
    """The address comes from a user: it must be public, whoever says what on the way."""
    params: Mapping[str, str]
    """Added to the URL's own query."""
    headers: Mapping[str, str]
    json: Any
    content: bytes | AsyncIterator[bytes]
    """A body that is made while it is sent is sent once: such a call is never repeated."""
    data: Mapping[str, str]
    """The fields of a form."""
    timeout: float
    """Seconds for the whole call, with every attempt, redirect and the body."""
    silence: float
    """Seconds in which nothing may come or go."""
    max_bytes: int
    """The largest body, counted once it is unpacked."""
    redirects: int
    """The most that are followed: 0, and those of the settings where the call is guarded."""
    retries: int
    """The most repetitions, where they are safe."""


def made_request(method: str, url: httpx2.URL, system: str, given: Given) -> httpx2.Request:
    """The request. It carries the id of the request that is being answered, if there is one."""
    own = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": system}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id is not None:
        own["x-request-id"] = str(request_id)
    headers = httpx2.Headers(own)
    headers.update(given.get("headers", {}))
    params = given.get("params")
    data = given.get("data")
    return httpx2.Request(
        method,
        url.copy_merge_params(dict(params)) if params else url,
        headers=headers,
        json=given.get("json"),
        content=given.get("content"),
        data=None if data is None else dict(data),
    )
