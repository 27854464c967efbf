"""What a host that the caller did not name is told."""

from typing import Any

import httpx2
import pytest

from padstone.outbound.errors import UnusableAnswerError
from padstone.outbound.redirects import next_request

SECRETS = {
    "authorization": "Bearer canary",
    "cookie": "session=canary",
    "x-api-key": "canary",
    "x-signature": "canary",
    "proxy-authorization": "canary",
    "x-request-id": "canary",
}


def sent(method: str = "GET", url: str = "https://a.example/x?k=v", **given: Any) -> httpx2.Request:
    return httpx2.Request(method, url, headers={"accept": "text/plain", **SECRETS}, **given)


def says(status: int, location: str) -> httpx2.Response:
    return httpx2.Response(status, headers={"location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "https://b.example/y",
        "//b.example/y",
        "https://a.example:8443/y",
        "https://sub.a.example/y",
        "https://a.example.b.example/y",
    ],
)
def test_another_host_gets_no_credentials(status: int, location: str) -> None:
    request = next_request(sent(), says(status, location))
    assert request is not None
    assert "canary" not in repr(request.headers.raw)
    assert request.headers["accept"] == "text/plain"
    assert request.headers["host"] == request.url.netloc.decode()


@pytest.mark.parametrize("location", ["/y", "https://a.example/y", "https://a.example:443/y", "?z"])
def test_the_same_host_gets_what_it_got(location: str) -> None:
    request = next_request(sent(), says(302, location))
    assert request is not None
    assert {name: request.headers[name] for name in SECRETS} == SECRETS


@pytest.mark.parametrize("status", [307, 308])
def test_another_host_gets_no_body(status: int) -> None:
    assert next_request(sent("POST", json={"a": 1}), says(status, "https://b.example/")) is None
    request = next_request(sent("POST", json={"a": 1}), says(status, "/on"))
    assert request is not None
    assert (request.method, request.headers["content-length"]) == ("POST", "7")


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_becomes_a_get(status: int) -> None:
    request = next_request(sent("POST", json={"a": 1}), says(status, "/done"))
    assert request is not None
    assert (request.method, request.url) == ("GET", "https://a.example/done")
    assert not {"content-length", "content-type", "transfer-encoding"} & set(request.headers)


def test_encryption_is_not_left() -> None:
    assert next_request(sent(), says(302, "http://a.example/")) is None
    assert next_request(sent(url="http://a.example/"), says(302, "https://a.example/")) is not None


def test_what_was_made_while_it_was_sent_is_not_sent_again() -> None:
    async def made() -> Any:
        yield b"once"

    assert next_request(sent("PUT", content=made()), says(307, "/on")) is None


@pytest.mark.parametrize("status", [200, 300, 304, 404])
def test_what_is_no_redirect(status: int) -> None:
    assert next_request(sent(), says(status, "/on")) is None
    assert next_request(sent(), httpx2.Response(302)) is None


@pytest.mark.parametrize(
    "location", ["http://[::1", "file:///etc/passwd", "https://user:word@b.example/"]
)
def test_a_place_that_is_none(location: str) -> None:
    with pytest.raises(UnusableAnswerError):
        next_request(sent(), says(302, location))
