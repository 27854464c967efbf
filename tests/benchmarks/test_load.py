import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from load import COUNTER, LoadError, Plan, Result, run

Answer = Callable[[bytes], bytes]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """Answers each request with what ``answer`` makes of it; the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            reply = answer(head)
            # In two parts, since nothing says that an answer comes in one.
            writer.write(reply[:20])
            await writer.drain()
            writer.write(reply[20:])
            await writer.drain()
            if not reply:
                writer.close()
                return

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


async def carry_out(port: int, *requests: str, connections: int = 4) -> Result:
    plan = Plan(port, list(requests), 200, 0.1, connections)
    return await asyncio.to_thread(run, plan)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_every_connection_asks_again_and_again() -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return OK

    async with server(answer) as port:
        result = await carry_out(port, "GET /one HTTP/1.1\r\n\r\n", "GET /two HTTP/1.1\r\n\r\n")
    assert result.count == len(asked) > 8
    assert set(asked) == {b"GET /one HTTP/1.1\r\n\r\n", b"GET /two HTTP/1.1\r\n\r\n"}
    assert 0 < result.p50_ms <= result.p99_ms
    assert result.seconds >= 0.1


async def test_no_two_numbered_requests_are_the_same() -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return OK

    request = f"GET /{COUNTER} HTTP/1.1\r\n\r\n"
    async with server(answer) as port:
        await carry_out(port, request)
        await carry_out(port, request)
    assert len(set(asked)) == len(asked)
    assert {len(head) for head in asked} == {len(request)}


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "chunked"),
        (b"", "hung up"),
    ],
)
async def test_a_wrong_answer_ends_the_measurement(reply: bytes, message: str) -> None:
    async with server(lambda _: reply) as port:
        with pytest.raises(LoadError, match=message):
            await carry_out(port, "GET / HTTP/1.1\r\n\r\n")
