"""What a proxy does to a conversation: nothing, cut it, silence it, or be away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from padstone.testing.proxies import Proxy

Conversation = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[str]:
    """A service that says what it hears, and a last word when its client has nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.write(b"bye")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"tcp://user:word@127.0.0.1:{server.sockets[0].getsockname()[1]}/name?x=1"
    server.close()


@pytest_asyncio.fixture
async def proxy(echo: str) -> AsyncIterator[Proxy]:
    async with Proxy(echo) as proxy:
        yield proxy


async def talk(proxy: Proxy) -> Conversation:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    return reader, writer


async def is_over(conversation: Conversation) -> bool:
    reader, writer = conversation
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True
    finally:
        writer.close()


async def test_everything_is_carried_and_each_side_may_end_first(proxy: Proxy) -> None:
    reader, writer = await talk(proxy)
    writer.write_eof()
    assert await reader.read() == b"bye"
    writer.close()


def test_its_url_is_the_targets_with_another_address(echo: str) -> None:
    proxy = Proxy(echo)
    assert proxy.url == f"tcp://user:word@127.0.0.1:{proxy.port}/name?x=1"
    assert Proxy("http://s3.example/x").url.startswith("http://127.0.0.1:")


async def test_a_cut_ends_conversations_and_new_ones_begin(proxy: Proxy) -> None:
    before = await talk(proxy)
    proxy.cut()
    assert await is_over(before)
    (await talk(proxy))[1].close()


async def test_who_is_down_is_gone_until_it_is_up(proxy: Proxy) -> None:
    before = await talk(proxy)
    await proxy.down()
    assert await is_over(before)
    with pytest.raises(ConnectionError):
        await talk(proxy)
    await proxy.up()
    (await talk(proxy))[1].close()


async def test_a_silent_service_neither_answers_nor_hangs_up(proxy: Proxy) -> None:
    reader, writer = await talk(proxy)
    proxy.silence()
    writer.write(b"still there?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(100), 0.1)
    writer.close()


async def test_a_target_that_is_away_hangs_up() -> None:
    away = Proxy("tcp://127.0.0.1:1")
    async with away:
        conversation = await asyncio.open_connection("127.0.0.1", away.port)
        assert await is_over(conversation)


async def test_a_subclass_greets_and_hears(echo: str) -> None:
    class Polite(Proxy):
        heard = b""

        async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"welcome ")

        def hear(self, data: bytes) -> None:
            self.heard += data

    async with Polite(echo) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        assert await reader.readexactly(13) == b"welcome hello"
        assert proxy.heard == b"hello"
        writer.close()
