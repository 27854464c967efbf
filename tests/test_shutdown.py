"""The two steps of a shutdown, and the handlers of signals that stand one before the other."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from padstone.shutdown import Shutdown

BOTH = [signal.SIGTERM, signal.SIGINT]


class Server:
    """Whoever handled signals before us."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.told = asyncio.Event()

    def __call__(self, number: int, _frame: Any) -> None:
        self.heard.append(number)
        self.told.set()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    before = {number: signal.signal(number, made) for number in BOTH}
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", BOTH)
async def test_a_signal_asks_and_goes_on(server: Server, number: signal.Signals) -> None:
    shutdown = Shutdown()
    with shutdown.on_signals():
        assert not shutdown.is_asked
        signal.raise_signal(number)
        assert shutdown.is_asked
        assert server.heard == [number]
        await shutdown.wait()
    assert shutdown.is_ending
    assert signal.getsignal(number) is server


async def test_the_server_hears_of_it_after_the_delay(server: Server) -> None:
    shutdown = Shutdown(delay=0.05)
    with shutdown.on_signals():
        signal.raise_signal(signal.SIGTERM)
        assert shutdown.is_asked
        assert not shutdown.is_ending
        signal.raise_signal(signal.SIGTERM)  # as a service manager sends one, and the parent too
        assert server.heard == []
        await server.told.wait()
    assert shutdown.is_ending
    assert server.heard == [signal.SIGTERM]


async def test_who_insists_does_not_wait(server: Server) -> None:
    shutdown = Shutdown(delay=600)
    with shutdown.on_signals():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert server.heard == [signal.SIGINT]
        await shutdown.wait()
        signal.raise_signal(signal.SIGTERM)  # nothing is kept from the server any more
    assert server.heard == [signal.SIGINT, signal.SIGTERM]


async def test_a_handler_that_came_later_keeps_its_place(server: Server) -> None:
    shutdown = Shutdown()
    with shutdown.on_signals():
        ours: Any = signal.getsignal(signal.SIGTERM)

        def later(number: int, frame: Any) -> None:
            ours(number, frame)

        signal.signal(signal.SIGTERM, later)
    signal.raise_signal(signal.SIGTERM)
    assert server.heard == [signal.SIGTERM]
    assert not shutdown.is_asked  # its time is over


@pytest.mark.usefixtures("server")  # which puts back what was there
async def test_a_loops_own_handler_is_called_too() -> None:
    called = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, called.set)  # as a worker has it
    try:
        shutdown = Shutdown()
        with shutdown.on_signals():
            signal.raise_signal(signal.SIGTERM)
            await called.wait()
            assert shutdown.is_asked
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@pytest.mark.parametrize("handler", [signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler])
async def test_where_nobody_ends_politely_nothing_is_changed(server: Server, handler: Any) -> None:
    signal.signal(signal.SIGINT, handler)
    with Shutdown().on_signals():
        assert signal.getsignal(signal.SIGINT) is handler
        assert signal.getsignal(signal.SIGTERM) is not server
    signal.signal(signal.SIGINT, server)


async def test_another_thread_is_told_of_no_signal(server: Server) -> None:
    async def within() -> Any:
        with Shutdown().on_signals():
            return signal.getsignal(signal.SIGTERM)

    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(within())))
    thread.start()
    thread.join()
    assert found == [server]


async def test_it_can_be_asked_by_hand() -> None:
    shutdown = Shutdown(delay=600)
    waiting = asyncio.create_task(shutdown.wait())
    shutdown.ask()
    await waiting
    assert shutdown.is_asked
    assert shutdown.is_ending
