"""The machine's own name service."""

import asyncio
import socket
import threading
from ipaddress import ip_address
from typing import Any

import pytest

from padstone.outbound import ForbiddenAddressError, OutboundUnavailableError
from padstone.outbound.names import Resolver


async def test_a_name_has_addresses() -> None:
    found = await Resolver()("localhost")
    assert set(found) <= {ip_address("127.0.0.1"), ip_address("::1")}
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (socket.EAI_NONAME, ForbiddenAddressError),
        (socket.EAI_AGAIN, OutboundUnavailableError),
        (socket.EAI_FAIL, OutboundUnavailableError),
    ],
)
async def test_a_name_service_that_fails(
    number: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(number, "said")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(error) as caught:
        await Resolver()("a.example")
    if isinstance(caught.value, OutboundUnavailableError):
        assert caught.value.is_unsent


async def test_a_label_that_is_too_long() -> None:
    with pytest.raises(ForbiddenAddressError):
        await Resolver()("a" * 64 + ".example")


async def test_who_gives_up_leaves_others_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    ask = socket.getaddrinfo

    def slow(*given: Any, **options: Any) -> Any:
        goes_on.wait()
        return ask(*given, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    resolver = Resolver()
    waiting = [asyncio.create_task(resolver("localhost")) for _ in range(9)]
    while resolver._places._value:
        await asyncio.sleep(0)
    waiting[0].cancel()
    goes_on.set()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert all(isinstance(found, list) for found in done[1:])
    while resolver._places._value < 8:
        await asyncio.sleep(0)
