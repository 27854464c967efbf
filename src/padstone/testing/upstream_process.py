"""The process behind ``padstone.testing.upstreams``: ``python -m`` it with the key that it takes.

It prints its port, and ends when its input does.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote_plus

import orjson

from padstone.testing.upstream_answers import ANTHROPIC, OPENAI, Answer, Behaviour, Dialect

__all__ = ["Process"]

_GARBAGE = {
    "json": b'data: {"choices": [{]\n\n',
    "form": b'data: {"choices": "none", "usage": -1}\n\n',
    "text": b"data: \xff\xfe\xfd\n\n",
    "html": b"<html><body>502</body></html>",
}


class Process:
    """An HTTP server of just what is needed: whatever a client can be told wrongly, it can say."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._answers: list[Answer] = []
        self._asked: dict[str, int] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection, one after the other."""
        try:
            while request := await _request(reader):
                await self._answer(*request, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has left, which is what some tests are about, or all is over
        finally:
            writer.close()

    async def _answer(
        self, target: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> None:
        path, _, query = target.partition("?")
        if path == "/produced":
            said = unquote_plus(query.partition("said=")[2])
            found = [asdict(one) for one in self._answers if said in ("", one.said)]
            for one in found:
                one.pop("behaviour")
            await _send_json(writer, 200, found)
            return
        dialect = {"/v1/chat/completions": OPENAI, "/v1/messages": ANTHROPIC}.get(path)
        if dialect is None:
            await _send_json(writer, 404, {"error": {"type": "not_found_error"}})
            return
        await self._converse(dialect, headers, orjson.loads(body), writer)

    async def _converse(
        self,
        dialect: Dialect,
        headers: dict[str, str],
        body: dict[str, Any],
        writer: asyncio.StreamWriter,
    ) -> None:
        answer = Answer.to(body, headers)
        self._answers.append(answer)
        count = self._asked[answer.model] = self._asked.get(answer.model, 0) + 1
        behaviour = answer.behaviour
        if dialect.key_of(headers) != self._key:
            error = {"error": {"type": "authentication_error", "message": f"no {self._key}"}}
            await _send_json(writer, 401, error)
        elif behaviour.status and count <= behaviour.times:
            code = {"code": behaviour.code} if behaviour.code else {}
            error = {"error": {**code, "type": "failing", "message": f"said: {answer.said}"}}
            await _send_json(writer, behaviour.status, error, behaviour.retry_after)
        else:
            await self._stream(dialect, answer, writer)

    async def _stream(self, dialect: Dialect, answer: Answer, writer: asyncio.StreamWriter) -> None:
        behaviour = answer.behaviour
        await asyncio.sleep(behaviour.wait)
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        send = _chunked(writer)
        for number, event in enumerate(dialect.events(answer)):
            if number == behaviour.cut:
                writer.transport.abort()
                raise ConnectionAbortedError
            if number == behaviour.garbage_at:
                await _send_garbage(behaviour, send)
            if number > 0:
                await asyncio.sleep(behaviour.delay)
            await send(event)
        answer.ended = True
        writer.write(b"0\r\n\r\n")


Send = Callable[[bytes], Awaitable[None]]


def _chunked(writer: asyncio.StreamWriter) -> Send:
    async def send(data: bytes) -> None:
        writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await writer.drain()

    return send


async def _send_garbage(behaviour: Behaviour, send: Send) -> None:
    if behaviour.garbage in _GARBAGE:
        await send(_GARBAGE[behaviour.garbage])
    elif behaviour.garbage == "endless":
        while True:
            await send(b"x" * 65_536)


async def _send_json(
    writer: asyncio.StreamWriter, status: int, found: Any, retry_after: str = ""
) -> None:
    body = orjson.dumps(found)
    pause = f"retry-after: {retry_after}\r\n" if retry_after else ""
    head = f"HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n{pause}"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    line = (await reader.readline()).decode().split()
    if len(line) < 2:  # noqa: PLR2004  # a method and a target
        return None
    headers: dict[str, str] = {}
    while text := (await reader.readline()).decode().strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return line[1], headers, await reader.readexactly(int(headers.get("content-length", 0)))


async def _until_input_ends() -> None:
    await asyncio.to_thread(sys.stdin.read)


async def _main() -> None:
    process = Process(sys.argv[1])
    server = await asyncio.start_server(process.serve, "127.0.0.1", 0, backlog=1000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await _until_input_ends()


if __name__ == "__main__":
    asyncio.run(_main())
