"""Addresses of the API, and which of them a key may travel to."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from accounts_cli.errors import UsageError

__all__ = ["DEFAULT_URL", "is_local", "refuse_clear_text", "same_host", "to_api_url"]

DEFAULT_URL = "http://127.0.0.1:8000"


def to_api_url(text: str) -> str:
    """``text`` in the one form that addresses are kept in: no slash at the end.

    Raises ``UsageError``. A user name or a query is refused, since an address is shown in
    messages and stored, and these may hold secrets.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        _ = parts.port  # it is parsed when it is read
    except ValueError:
        raise UsageError("The address of the API cannot be understood.") from None
    if parts.username is not None or parts.query or parts.fragment or not url.isprintable():
        raise UsageError("The address of the API takes a host, a port and a path, no more.")
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url:
        raise UsageError(
            f"{url!r} is no address of an API. One looks like https://api.example.com "
            f"or {DEFAULT_URL}."
        )
    return url


def refuse_clear_text(url: str, *, insecure: bool) -> None:
    """Raises ``UsageError`` where a key would cross a network in clear and nobody asked for it."""
    if urlsplit(url).scheme == "http" and not is_local(url) and not insecure:
        raise UsageError(
            f"{url} is not encrypted, so everybody on the way could read the key. Use https://, "
            "or say --insecure (ACCOUNTS_INSECURE=1) where the network is your own."
        )


def is_local(url: str) -> bool:
    """Whether ``url`` stays on this machine."""
    return _is_loopback(urlsplit(url))


def same_host(one: str, other: str) -> bool:
    """Whether both addresses are one host's, whatever the port."""
    first, second = urlsplit(one), urlsplit(other)
    if _is_loopback(first):
        return _is_loopback(second)
    return first.hostname == second.hostname


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
