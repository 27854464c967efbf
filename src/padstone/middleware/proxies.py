"""Who is calling when a proxy stands between: its word counts where it is trusted, and only there.

Anybody can send ``X-Forwarded-For``. A proxy appends to it whoever it was asked by, so that the
list is to be believed from its end, up to the first address that is no proxy of ours.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

__all__ = ["TrustedProxies"]

Address = IPv4Address | IPv6Address

_SCHEMES = {b"http": "http", b"https": "https"}


class TrustedProxies:
    """The addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` count."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._networks = [ip_network(entry) for entry in trusted]

    def correct(self, scope: Scope) -> None:
        """Writes the caller's address and scheme into ``scope`` where a trusted proxy names them.

        The port of a caller behind a proxy is not known; it becomes 0.
        """
        client = scope.get("client")
        peer = _address(client[0]) if client else None
        if not self._networks or peer is None or not self._trusts(peer):
            return
        caller = self._first_stranger(scope, peer)
        if caller != peer:
            scope["client"] = (str(caller), 0)
        scheme = next(reversed(list(_values(scope, b"x-forwarded-proto"))), b"")
        if scheme.lower() in _SCHEMES:
            scope["scheme"] = _SCHEMES[scheme.lower()]

    def _first_stranger(self, scope: Scope, peer: Address) -> Address:
        caller = peer
        for value in reversed(list(_values(scope, b"x-forwarded-for"))):
            address = _address(value.decode("latin-1"))
            if address is None:  # whoever wrote that is no proxy that we know
                break
            caller = address
            if not self._trusts(address):
                break
        return caller

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _values(scope: Scope, name: bytes) -> Iterator[bytes]:
    for header, value in scope["headers"]:
        if header == name:
            yield from (part.strip() for part in value.split(b","))


def _address(text: str) -> Address | None:
    """An address, which some proxies write with a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
