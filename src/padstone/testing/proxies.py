"""A proxy between a server process and what it depends on, which can be taken away."""

import asyncio
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from padstone.testing.servers import free_port

__all__ = ["Proxy"]


class Proxy:
    """Takes connections on a port of its own and carries them to the service that ``target`` names.

    ``url`` is the target's URL with the proxy's address. ``async with`` closes it.
    """

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._port = free_port()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        user, _, _ = self._target.netloc.rpartition("@")
        place = f"{user}@127.0.0.1:{self._port}" if user else f"127.0.0.1:{self._port}"
        self.url = urlunsplit(self._target._replace(netloc=place))

    async def __aenter__(self) -> Self:
        """A proxy that is up."""
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Takes it down."""
        await self.down()

    async def up(self) -> None:
        """The service is there."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def down(self) -> None:
        """The service is gone: connections break, and new ones are refused."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(
            self._target.hostname, self._target.port
        )
        try:
            await asyncio.gather(_pump(reader, server_writer), _pump(server_reader, writer))
        except OSError:
            pass  # one side hung up, and so do we on the other
        finally:
            for end in (writer, server_writer):
                end.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
