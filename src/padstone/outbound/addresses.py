"""Which addresses are on the public internet.

What is public is listed rather than asked of ``ipaddress``, whose opinion changes with Python's
patch releases. Source: IANA's registries of special-purpose addresses.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

__all__ = ["Address", "Network", "is_public", "networks"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # between a provider and its customers; Alibaba's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's own services, as its machines see them
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
# All of IPv6 that is given out. What is mapped, compatible, local, private or multicast is outside.
_GIVEN_OUT_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = [
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds an IPv4 address that a relay may reach
        "3fff::/20",  # documentation
    )
]
_NAT64 = IPv6Network("64:ff9b::/96")  # where a network without IPv4 finds its addresses
_ISATAP = (0x00005EFE, 0x02005EFE)  # the third quarter of an address that holds an IPv4 address


def is_public(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether the address is on the public internet, or in one of the ``allowed`` networks."""
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    return _is_public_v6(address)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of these texts, as ``OUTBOUND_ALLOWED_NETWORKS`` holds them."""
    return tuple(ip_network(text) for text in texts)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:  # an interface of this machine
        return False
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    return address in _GIVEN_OUT_V6 and not any(address in network for network in _SPECIAL_V6)
