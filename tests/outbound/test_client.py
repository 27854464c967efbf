"""Calls to services that behave, and to others that do not."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from padstone.outbound import (
    AnswerTooLargeError,
    ForbiddenAddressError,
    OutboundClient,
    OutboundTimeoutError,
    OutboundUnavailableError,
    TooManyRedirectsError,
    UnusableAnswerError,
)


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def silent(_heard: Any, _writer: asyncio.StreamWriter) -> None:
    await asyncio.get_running_loop().create_future()


async def hang_up(_heard: Any, writer: asyncio.StreamWriter) -> None:
    writer.close()


def dripping(*pieces: bytes, every: float) -> Any:
    async def drip(_heard: Any, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return drip


async def test_an_answer_is_read_whole(serve: Any, client: OutboundClient) -> None:
    service = await serve(answer(201, b'{"a": 1}', content_type="application/json"))
    got = await client.request(
        "post",
        f"{service.url}/path?a=1",
        params={"b": "2 3"},
        json={"x": "y"},
        headers={"authorization": "Bearer key"},
    )
    assert (got.status_code, got.json()) == (201, {"a": 1})
    [heard] = service.heard
    assert (heard.method, heard.target) == ("POST", "/path?a=1&b=2+3")
    assert heard.body == b'{"x":"y"}'
    assert heard.headers["authorization"] == "Bearer key"
    assert heard.headers["user-agent"] == "caller"
    assert heard.headers["host"] == f"127.0.0.1:{service.port}"


async def test_a_form_and_bytes_are_sent(serve: Any, client: OutboundClient) -> None:
    service = await serve()
    await client.request("POST", service.url, data={"a": "b c"})
    await client.request("PUT", service.url, content=b"bytes")

    async def made() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    await client.request("PUT", service.url, content=made())
    assert [heard.body for heard in service.heard] == [b"a=b+c", b"bytes", b"onetwo"]


async def test_a_connection_is_used_again(serve: Any, client: OutboundClient) -> None:
    service = await serve()
    for _ in range(3):
        await client.request("GET", service.url)
    assert service.connections == 1


async def test_an_answer_is_read_as_it_comes(serve: Any, client: OutboundClient) -> None:
    goes_on = asyncio.Event()

    async def in_parts(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\none\n\r\n")
        await writer.drain()
        await goes_on.wait()
        writer.write(b"4\r\ntwo\n\r\n0\r\n\r\n")

    service = await serve(in_parts)
    lines = []
    async with client.stream("GET", service.url) as got:
        async for line in got.aiter_lines():
            lines.append(line)
            goes_on.set()  # the second comes after the first was read
    assert lines == ["one", "two"]


async def test_a_stream_that_is_left_gives_its_connection_back(serve: Any, opened: Any) -> None:
    service = await serve(answer(200, b"x" * 100_000))
    client = opened(OUTBOUND_MAX_CONNECTIONS=1, OUTBOUND_CONNECT_TIMEOUT_SECONDS=2)
    for _ in range(3):
        async with client.stream("GET", service.url):
            pass
    assert len(service.heard) == 3


LATE = [b"HTTP/1.1 200 OK\r\n", *[b"x: y\r\n"] * 50, b"content-length: 0\r\n\r\n"]


@pytest.mark.parametrize("says", [dripping(b"", answer(), every=1), dripping(*LATE, every=0.02)])
async def test_a_call_has_an_end(says: Any, serve: Any, client: OutboundClient) -> None:
    service = await serve(says)
    with pytest.raises(OutboundTimeoutError):
        await client.request("GET", service.url, timeout=0.1)
    with pytest.raises(OutboundTimeoutError):
        async with client.stream("GET", service.url, timeout=0.1):
            pass
    assert len(service.heard) == 2  # there is no time for another attempt


async def test_a_body_has_an_end(serve: Any, client: OutboundClient) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n"
    service = await serve(dripping(head, *[b"x"] * 99, every=0.02))
    with pytest.raises(OutboundTimeoutError):
        await client.request("GET", service.url, timeout=0.1)
    async with client.stream("GET", service.url, timeout=0.1) as got:
        assert got.status_code == 200
        with pytest.raises(OutboundTimeoutError):
            await got.aread()


async def test_silence_has_an_end(serve: Any, client: OutboundClient) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"
    service = await serve(silent, dripping(head, every=9))
    with pytest.raises(OutboundTimeoutError) as caught:
        await client.request("POST", service.url, silence=0.05)
    assert not caught.value.is_unsent
    async with client.stream("GET", service.url, silence=0.05) as got:
        with pytest.raises(OutboundTimeoutError):
            await got.aread()


async def test_the_head_of_a_stream_has_an_end_too(serve: Any, opened: Any) -> None:
    service = await serve(dripping(*LATE, every=0.02))
    client = opened(OUTBOUND_TIMEOUT_SECONDS=0.1)
    with pytest.raises(OutboundTimeoutError):
        async with client.stream("GET", service.url):
            pass


async def test_nobody_waits_long_for_a_connection(serve: Any, opened: Any) -> None:
    service = await serve(silent)
    client = opened(OUTBOUND_MAX_CONNECTIONS=1, OUTBOUND_CONNECT_TIMEOUT_SECONDS=0.05)
    busy = asyncio.create_task(client.request("POST", service.url, retries=0))
    while not service.heard and not busy.done():
        await asyncio.sleep(0)
    with pytest.raises(OutboundTimeoutError):
        await client.request("POST", service.url, retries=0)
    busy.cancel()
    with pytest.raises(asyncio.CancelledError):
        await busy
    # And who was cancelled keeps none.
    service.says = [answer()]
    assert (await client.request("GET", service.url)).status_code == 200


async def test_a_large_answer_is_not_read(serve: Any, client: OutboundClient) -> None:
    service = await serve(answer(200, b"x" * 1001))
    with pytest.raises(AnswerTooLargeError):
        await client.request("GET", service.url, max_bytes=1000)
    assert len((await client.request("GET", service.url, max_bytes=1001)).content) == 1001
    async with client.stream("GET", service.url, max_bytes=1000) as got:
        with pytest.raises(AnswerTooLargeError):
            await got.aread()


async def test_an_endless_answer_ends(serve: Any, opened: Any) -> None:
    async def endless(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65536)
            await writer.drain()

    service = await serve(endless)
    client = opened(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"], OUTBOUND_MAX_BYTES=1_000_000)
    with pytest.raises(AnswerTooLargeError):
        await client.request("GET", service.url)
    with pytest.raises(AnswerTooLargeError):
        async with client.stream("GET", service.url, guarded=True) as got:
            await got.aread()


async def test_what_is_packed_is_bounded_unpacked(serve: Any, opened: Any) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, compresslevel=9)
    assert len(bomb) < 100_000
    service = await serve(answer(200, bomb, content_encoding="gzip"))
    client = opened(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"], OUTBOUND_MAX_BYTES=1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLargeError):
            await client.request("GET", service.url)
        with pytest.raises(UnusableAnswerError):
            async with client.stream("GET", service.url, guarded=True):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
    assert service.heard[1].headers["accept-encoding"] == "identity"


async def test_what_is_packed_is_unpacked(serve: Any, client: OutboundClient) -> None:
    packed = answer(200, gzip.compress(b"words"), content_encoding="gzip")
    service = await serve(packed, answer(200, b"no gzip", content_encoding="gzip"))
    got = await client.request("GET", service.url)
    assert got.text == "words"
    assert got.headers["content-length"] == "5"
    assert "content-encoding" not in got.headers
    with pytest.raises(UnusableAnswerError):
        await client.request("GET", service.url)


@pytest.mark.parametrize(
    "says", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", hang_up]
)
async def test_an_answer_that_is_none(says: Any, serve: Any, client: OutboundClient) -> None:
    service = await serve(says)
    with pytest.raises(OutboundUnavailableError):
        await client.request("POST", service.url)
    assert len(service.heard) == 1  # it may have arrived


async def test_a_body_that_is_cut(serve: Any, client: OutboundClient) -> None:
    async def cut(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345")
        await writer.drain()
        writer.close()

    service = await serve(cut)
    with pytest.raises(OutboundUnavailableError):
        await client.request("GET", service.url)


async def test_no_cookie_is_kept(serve: Any, client: OutboundClient) -> None:
    service = await serve(answer(200, set_cookie="session=somebodys; Path=/"))
    for _ in range(2):
        await client.request("GET", service.url)
    assert not any("cookie" in heard.headers for heard in service.heard)


async def test_the_environment_names_no_proxy(
    serve: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, proxy = await serve(), await serve()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    await opened().request("GET", service.url)
    assert (len(service.heard), proxy.connections) == (1, 0)


async def test_the_request_id_goes_along(serve: Any, client: OutboundClient) -> None:
    service = await serve()
    with structlog.contextvars.bound_contextvars(request_id="0123456789abcdef"):
        await client.request("GET", service.url)
    await client.request("GET", service.url)
    ids = [heard.headers.get("x-request-id") for heard in service.heard]
    assert ids == ["0123456789abcdef", None]


async def test_what_is_written_down(serve: Any, opened: Any) -> None:
    seen: list[tuple[str, str, float]] = []
    client = opened(
        observe=lambda *one: seen.append(one), OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"]
    )
    service = await serve(answer(200), answer(404))
    with structlog.testing.capture_logs() as lines:
        await client.request("GET", f"{service.url}/path?key=canary#canary")
        await client.request("POST", f"{service.url}/canary?key=canary", guarded=True)
        with pytest.raises(ForbiddenAddressError):
            await client.request("GET", "http://10.0.0.1/canary?key=canary", guarded=True)
    assert [(host, outcome) for host, outcome, _ in seen] == [
        ("127.0.0.1", "200"),
        ("guarded", "404"),
        ("guarded", "forbidden_address"),
    ]
    assert all(seconds >= 0 for _, _, seconds in seen)
    assert "canary" not in repr(lines)
    assert [line["outcome"] for line in lines] == ["200", "404", "forbidden_address"]
    assert (lines[0]["path"], "path" in lines[1]) == ("/path", False)


async def test_redirects_are_followed_where_asked(serve: Any, client: OutboundClient) -> None:
    end = await serve(answer(200, b"here"))
    start = await serve(answer(302, location=f"{end.url}/there"))
    assert (await client.request("GET", start.url)).status_code == 302
    assert (await client.request("GET", start.url, redirects=1)).text == "here"
    end.says = [answer(302, location="/on")]
    with pytest.raises(TooManyRedirectsError):
        await client.request("GET", start.url, redirects=1)


@pytest.mark.parametrize("location", ["http://[::1", "http://a:b/"])
async def test_a_redirect_to_nowhere(location: str, serve: Any, client: OutboundClient) -> None:
    service = await serve(answer(302, location=location))
    with pytest.raises((UnusableAnswerError, OutboundUnavailableError)):
        await client.request("GET", service.url, redirects=2)
