"""Which server is asked, and with which key: the environment first, then the stored login."""

import os
from dataclasses import dataclass, field

from accounts_cli import credentials
from accounts_cli.address import DEFAULT_URL, refuse_clear_text, same_host, to_api_url
from accounts_cli.credentials import Credentials
from accounts_cli.errors import CliError, KeyRefusedError, NotLoggedInError, UsageError
from accounts_cli.key_text import check_key

__all__ = ["Connection", "current", "timeout", "url_for_login"]

_DEFAULT_TIMEOUT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Connection:
    """A server, and the key that it is shown. ``key_is_from`` names the key's place in messages."""

    url: str
    key: str = field(repr=False)
    key_is_from: str


def current() -> Connection:
    """What a command uses. Raises ``NotLoggedInError`` where there is no key for the server."""
    given_url, given_key = _given("ACCOUNTS_API_URL"), _given("ACCOUNTS_API_KEY")
    # Where the environment says it all, a damaged file is nobody's concern.
    stored = None if given_url and given_key else credentials.load()
    url = _given_url(given_url) if given_url else _url_of(stored)
    if given_key:
        return Connection(url, _checked(given_key), "in ACCOUNTS_API_KEY")
    if stored is None:
        raise NotLoggedInError(
            "Nobody is logged in. Run `accounts login`, or set ACCOUNTS_API_KEY."
        )
    # Setting an address must not be enough to have a key sent there.
    if not same_host(url, stored.api_url):
        raise NotLoggedInError(
            f"The stored key is for {stored.api_url}, and ACCOUNTS_API_URL is {url}. "
            f"Run `accounts login --api-url {url}`, or set ACCOUNTS_API_KEY too."
        )
    return Connection(url, stored.api_key, "you are logged in with")


def url_for_login(asked: str | None, *, insecure: bool) -> str:
    """The server to log in to: as asked, as the environment says, the same as before, or ours."""
    if asked or (asked := _given("ACCOUNTS_API_URL")):
        return _given_url(asked, insecure=insecure)
    try:
        return _url_of(credentials.load())
    except CliError:
        return DEFAULT_URL  # logging in is what mends a file that cannot be used


def timeout() -> float:
    """How long to wait for an answer, in seconds: ``ACCOUNTS_TIMEOUT``, or 30."""
    text = _given("ACCOUNTS_TIMEOUT")
    if text is None:
        return _DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError("ACCOUNTS_TIMEOUT must be a number of seconds greater than 0.")
    return seconds


def _given(variable: str) -> str | None:
    return os.environ.get(variable, "").strip() or None


def _given_url(text: str, *, insecure: bool = False) -> str:
    url = to_api_url(text)
    refuse_clear_text(url, insecure=insecure or _given("ACCOUNTS_INSECURE") == "1")
    return url


def _url_of(stored: Credentials | None) -> str:
    # Whoever stored an unencrypted address was asked then.
    return stored.api_url if stored else DEFAULT_URL


def _checked(key: str) -> str:
    try:
        return check_key(key)
    except ValueError as error:
        raise KeyRefusedError(f"ACCOUNTS_API_KEY cannot be used. {error}") from None
