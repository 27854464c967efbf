"""Which addresses a name has."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from threading import Thread

from padstone.outbound.addresses import Address
from padstone.outbound.errors import ForbiddenAddressError, OutboundUnavailableError

__all__ = ["Resolve", "Resolver"]

Resolve = Callable[[str], Awaitable[Sequence[Address]]]

_AT_A_TIME = 8
# The name service itself fails, which says nothing of the name.
_PASSING = {socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_MEMORY, socket.EAI_SYSTEM}


class Resolver:
    """Asks this machine's name service, in threads that nothing else needs or waits for.

    The system's call cannot be interrupted: a name whose answer never comes takes one of eight
    places until the system gives up, and neither other work nor the end of the process waits.
    """

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_A_TIME)

    async def __call__(self, host: str) -> Sequence[Address]:
        """The name's addresses, the preferred one first. ``ForbiddenAddressError`` for none."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[list[Address]] = loop.create_future()

        def settle(found: list[Address] | Exception) -> None:
            self._places.release()
            if outcome.done():  # whoever asked has given up
                return
            if isinstance(found, Exception):
                outcome.set_exception(found)
            else:
                outcome.set_result(found)

        def ask() -> None:
            found = _ask(host)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, found)

        Thread(target=ask, name="resolver", daemon=True).start()
        return await outcome


def _ask(host: str) -> list[Address] | Exception:
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except socket.gaierror as error:
        if error.errno not in _PASSING:
            return ForbiddenAddressError()
        unsent = OutboundUnavailableError()
        unsent.is_unsent = True
        return unsent
    except (UnicodeError, OSError):  # a label longer than names have, or a guard of the system
        return ForbiddenAddressError()
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))
