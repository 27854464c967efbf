"""Which addresses a name has."""

import asyncio
import concurrent.futures
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from padstone.outbound.addresses import Address
from padstone.outbound.errors import ForbiddenAddressError, OutboundUnavailableError

__all__ = ["Resolve", "Resolver"]

Resolve = Callable[[str], Awaitable[Sequence[Address]]]

_THREADS = 8
# The name service itself fails, which says nothing of the name.
_PASSING = {socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_MEMORY, socket.EAI_SYSTEM}


class Resolver:
    """Asks this machine's name service, in threads of its own.

    A name whose answer never comes keeps one of them busy, and nobody who needs the threads of
    everybody waits for it.
    """

    def __init__(self) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor(
            _THREADS, thread_name_prefix="resolver"
        )

    async def __call__(self, host: str) -> Sequence[Address]:
        """The name's addresses, the preferred one first. ``ForbiddenAddressError`` for none."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _ask, host)
        except socket.gaierror as error:
            if error.errno in _PASSING:
                unsent = OutboundUnavailableError()
                unsent.is_unsent = True
                raise unsent from error
            raise ForbiddenAddressError from error
        except UnicodeError:  # a label longer than names have
            raise ForbiddenAddressError from None
        return found

    def close(self) -> None:
        """Waits for nobody: whoever still asks has been given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str) -> list[Address]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))
