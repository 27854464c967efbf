"""What becomes of a request that is sent on."""

import httpx2

from padstone.outbound.errors import UnusableAnswerError
from padstone.outbound.urls import configured_url

__all__ = ["next_request"]

_REDIRECTS = {301, 302, 303, 307, 308}
_KEEPS_METHOD = {307, 308}

# All that may be said to a host that the caller did not name. What authenticates has many names.
_SAID_TO_ANYBODY = ("accept", "accept-encoding", "accept-language", "user-agent")
_OF_THE_BODY = ("content-length", "content-type", "content-encoding", "transfer-encoding")


def next_request(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Request | None:
    """The request that the answer asks for; ``None`` where the answer is to be taken as it is.

    That is also where following would give a body to another host, or leave encryption.
    """
    if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
        return None
    url = _target(request.url, answer.headers["location"])
    if request.url.scheme == "https" and url.scheme != "https":
        return None
    same_origin = url.origin == request.url.origin
    keeps = answer.status_code in _KEEPS_METHOD or request.method in {"GET", "HEAD"}
    if keeps and not same_origin and _has_body(request):
        return None
    if keeps and not isinstance(request.stream, httpx2.ByteStream):
        return None  # it was made while it was sent
    headers = request.headers.copy()
    if not same_origin:
        headers = httpx2.Headers(
            {name: headers[name] for name in _SAID_TO_ANYBODY if name in headers}
        )
    headers["host"] = url.netloc.decode("ascii")
    if keeps:
        return httpx2.Request(request.method, url, headers=headers, stream=request.stream)
    for name in _OF_THE_BODY:
        headers.pop(name, None)
    return httpx2.Request("GET", url, headers=headers)


def _target(base: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return configured_url(base.join(location))
    except (httpx2.InvalidURL, ValueError) as error:
        raise UnusableAnswerError(retry_after=None) from error


def _has_body(request: httpx2.Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
