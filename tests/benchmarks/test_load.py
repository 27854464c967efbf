import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import load
import pytest
import wrk
from plans import COUNTER, LoadError, Plan, Result

Answer = Callable[[bytes], bytes]
Run = Callable[[Plan], Result]
no_wrk = pytest.mark.skipif(not wrk.is_there(), reason="wrk is not installed")


@pytest.fixture(params=[load.run, pytest.param(wrk.run, marks=no_wrk)], ids=["python", "wrk"])
def generate(request: pytest.FixtureRequest) -> Run:
    generator: Run = request.param
    return generator


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
        handling.add(task := asyncio.current_task())
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            handling.discard(task)

    handling: set[asyncio.Task[None] | None] = set()
    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        left = [task for task in handling if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def carry_out(generate: Run, port: int, *requests: str, connections: int = 4) -> Result:
    plan = Plan(port, list(requests), [200, 201], 0.4, connections)
    return await asyncio.to_thread(generate, plan)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_the_requests_are_sent_in_turn(generate: Run) -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return OK

    one, two = "GET /one HTTP/1.1\r\nHost: a\r\n\r\n", "GET /two HTTP/1.1\r\nHost: a\r\n\r\n"
    async with server(answer) as port:
        result = await carry_out(generate, port, one, two)
    # A connection may be ended between its request and the answer.
    assert abs(len(asked) - result.count) <= 4
    assert len(asked) > 4, "a connection asks more than once"
    assert abs(asked.count(one.encode()) - asked.count(two.encode())) <= 4
    assert set(asked) == {one.encode(), two.encode()}
    assert 0 < result.p50_ms <= result.p99_ms
    assert result.seconds >= 0.1


async def test_no_two_numbered_requests_are_the_same(generate: Run) -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return OK

    request = f"GET /{COUNTER} HTTP/1.1\r\nHost: a\r\n\r\n"
    async with server(answer) as port:
        await carry_out(generate, port, request)
        await carry_out(generate, port, request)
    assert len(set(asked)) == len(asked)
    assert {len(head) for head in asked} == {len(request)}


async def test_any_byte_is_sent_as_it_is(generate: Run) -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return OK

    request = "GET /\"'\\%s\\1 HTTP/1.1\r\nHost: a\r\nX-Name: Ada 1\té\r\n\r\n"
    async with server(answer) as port:
        await carry_out(generate, port, request)
    assert set(asked) == {request.encode()}


async def test_an_error_ends_the_measurement(generate: Run) -> None:
    reply = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    async with server(lambda _: reply) as port:
        with pytest.raises(LoadError, match=r"503|are errors"):
            await carry_out(generate, port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")


async def test_nobody_there_ends_the_measurement(generate: Run) -> None:
    async with server(lambda _: b"") as port:
        with pytest.raises(LoadError, match=r"hung up|did not come"):
            await carry_out(generate, port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")


async def test_a_streamed_answer_is_read_to_its_end(generate: Run) -> None:
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    async with server(lambda _: reply) as port:
        result = await carry_out(generate, port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert result.count > 4, "a connection asks more than once"


async def test_ours_takes_nothing_but_what_was_planned() -> None:
    reply = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
    async with server(lambda _: reply) as port:
        with pytest.raises(LoadError, match="202"):
            await carry_out(load.run, port, "GET / HTTP/1.1\r\n\r\n")
