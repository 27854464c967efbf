"""What a URL must look like before anything is looked up."""

import re
from ipaddress import IPv4Address

import httpx2

from padstone.outbound.errors import ForbiddenAddressError

__all__ = ["configured_url", "guarded_url"]

_DEFAULT_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024  # below it are mail, files, remote shells: protocols that HTTP can forge

# White space and a backslash are read in different ways by different readers.
_AMBIGUOUS = re.compile(r"[\s\\\x00-\x20\x7f-\xa0]")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_NUMERIC = re.compile(r"(0[xX][0-9A-Fa-f]*|[0-9]+)\.?")


def configured_url(text: str | httpx2.URL) -> httpx2.URL:
    """A URL from a setting or from code. Raises ``ValueError`` where it is none."""
    url = httpx2.URL(text)
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise ValueError("A call needs an http or https URL without a user or a password.")
    return url


def guarded_url(text: str | httpx2.URL) -> httpx2.URL:
    """A URL from a user. Raises ``ForbiddenAddressError`` unless it can be read in one way only.

    The host is a name, an IPv4 address in its usual form, or an IPv6 address without a zone. A
    port is that of the web, or none that another protocol has a right to.
    """
    if isinstance(text, str) and _AMBIGUOUS.search(text):
        raise ForbiddenAddressError
    try:
        url = configured_url(text)
    except (httpx2.InvalidURL, ValueError):
        raise ForbiddenAddressError from None
    if not _host_is_plain(url.raw_host.decode("ascii")) or not _port_is_fit(url.port):
        raise ForbiddenAddressError
    return url


def _host_is_plain(host: str) -> bool:
    if ":" in host:
        return "%" not in host  # a zone is an interface of this machine
    if not _NAME.fullmatch(host):
        return False
    if not _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return True
    # 127.1, 0x7f.0.0.1 and 2130706433 are addresses too, and not every reader knows.
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _port_is_fit(port: int | None) -> bool:
    return port is None or port in _DEFAULT_PORTS or _FIRST_FREE_PORT <= port < 2**16
