"""The guard stands where connections are made, so that none is made around it."""

import asyncio
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from time import monotonic

import httpcore2

from padstone.outbound.addresses import Address, Network, is_public
from padstone.outbound.errors import ForbiddenAddressError
from padstone.outbound.names import Resolve

__all__ = ["GuardedNetwork"]

_MAX_TRIED = 4  # addresses of one name


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to public addresses, and to exactly the address that was looked at.

    Between the look and the connection no name is asked for again, so that a name service that
    changes its answer gains nothing. TLS and the ``Host`` header keep the name: only the socket is
    told the number.
    """

    def __init__(self, resolve: Resolve, allowed: Sequence[Network]) -> None:
        self._resolve = resolve
        self._allowed = tuple(allowed)
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first of the host's addresses that takes one."""
        began = monotonic()
        addresses = await self._checked(host, timeout)
        left = None if timeout is None else max(0.0, timeout - (monotonic() - began))
        share = None if left is None else left / len(addresses)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._sockets.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or ForbiddenAddressError

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore2.AsyncNetworkStream:
        """Never: a socket's file is on this machine."""
        raise ForbiddenAddressError

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, seconds: float | None) -> list[Address]:
        literal = _literal(host)
        try:
            async with asyncio.timeout(seconds):
                found = [literal] if literal else await self._resolve(host)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        # One inside among several outside is no accident, and the next try may take it.
        if not found or not all(is_public(address, self._allowed) for address in found):
            raise ForbiddenAddressError
        return list(found[:_MAX_TRIED])


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
