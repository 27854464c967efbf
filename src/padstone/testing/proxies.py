"""A proxy between a process and what it depends on: it can be taken away, cut and silenced."""

import asyncio
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from padstone.testing.servers import free_port

__all__ = ["Proxy"]


class Proxy:
    """Takes connections on a port of its own and carries them to the service that ``target`` names.

    ``url`` is the target's URL with the proxy's address. ``async with`` brings it up and takes it
    down. A subclass may say something before the service is asked, and hear what clients send.
    """

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.port = free_port()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._speaks = asyncio.Event()
        self._speaks.set()
        user, _, _ = self.target.netloc.rpartition("@")
        place = f"{user}@127.0.0.1:{self.port}" if user else f"127.0.0.1:{self.port}"
        self.url = urlunsplit(self.target._replace(netloc=place))

    async def __aenter__(self) -> Self:
        """A proxy that is up."""
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Takes it down."""
        await self.down()

    async def up(self) -> None:
        """The service is there."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def up_on_socket(self, path: str) -> None:
        """The service is there on a Unix socket."""
        self._server = await asyncio.start_unix_server(self._serve, path)

    async def down(self) -> None:
        """The service is gone: connections break, and new ones are refused."""
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def cut(self) -> None:
        """Connections break without a word. New ones are welcome."""
        for connection in self._connections:
            connection.cancel()

    def silence(self) -> None:
        """From now on nothing that the service says arrives, and nobody hangs up."""
        self._speaks.clear()

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What is said to a client before the service is asked: nothing, unless overridden."""

    def hear(self, data: bytes) -> None:
        """What a client sends, in pieces as it comes: forgotten, unless overridden."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            await self.greet(reader, writer)
            server_reader, server_writer = await asyncio.open_connection(
                self.target.hostname, self.target.port
            )
            ends.append(server_writer)
            await asyncio.gather(
                self._ask(reader, server_writer), self._answer(server_reader, writer)
            )
        except OSError:
            pass  # one side hung up, and so do we on the other
        finally:
            for end in ends:
                end.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.hear(data)
            await _pass_on(data, writer)
        _end(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._speaks.wait()
            await _pass_on(data, writer)
        _end(writer)


async def _pass_on(data: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(data)
    await writer.drain()


def _end(writer: asyncio.StreamWriter) -> None:
    if writer.can_write_eof():
        writer.write_eof()
    else:  # TLS has no half of a connection
        writer.close()
