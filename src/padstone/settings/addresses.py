"""What the addresses in settings must look like. No message repeats what was given."""

import re
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from padstone.extras import extra

__all__ = [
    "Mailbox",
    "database_url",
    "http_url",
    "is_local",
    "is_one_line",
    "mail_url",
    "mailbox",
    "network",
    "origin",
    "redis_url",
]

_SCHEMES = {"postgresql+asyncpg", "postgresql", "postgres"}
_FORM = "postgresql+asyncpg://USER:PASSWORD@HOST:PORT/NAME"
_ESCAPED = "a : / ? # @ [ or ] in the user or the password is written in percent-encoding"

# What may follow the ? of a database URL. All else has a setting, or the driver does not know it
# and would fail at the first connection.
_OPTIONS = {"host", "port", "user", "password", "passfile", "target_session_attrs"}
_REDIS_FORM = "redis://:PASSWORD@HOST:PORT/0 or rediss://USER:PASSWORD@HOST:PORT/0"
_MAIL_FORM = "smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT"
# Line breaks and their like end a header, and half a character cannot be sent.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NAMED = re.compile(r"(.*\S)\s*<([^<>]*)>", re.DOTALL)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


def database_url(text: str) -> str:
    """``text`` as a URL for asyncpg. Raises ``ValueError`` that says what is wrong with it."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme not in _SCHEMES:
        raise ValueError(f"is not a PostgreSQL URL; write {_FORM}")
    parts = _split(f"postgresql://{rest}")
    # An @ behind the host belongs to a password that was cut at its / or ? or #.
    if parts is None or rest.count("@") > 1 or "@" in rest[len(parts.netloc) :] or parts.fragment:
        raise ValueError(f"cannot be read; write {_FORM}, where {_ESCAPED}")
    if not _port_is_valid(parts):
        raise ValueError(f"has a port that is not a number up to 65535; {_ESCAPED}")
    if not parts.path.strip("/"):
        raise ValueError("names no database; end it with /NAME")
    _refuse_options(parts.query)
    return f"postgresql+asyncpg://{rest}"


def _refuse_options(query: str) -> None:
    given = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    if any("ssl" in name for name in given):
        raise ValueError("asks for TLS, which has a setting of its own; set DATABASE_SSL")
    if given - _OPTIONS:
        raise ValueError(
            f"has options after the ? that are not taken there; only {', '.join(sorted(_OPTIONS))} "
            "are, and the time limits are settings of their own"
        )


def http_url(text: str) -> str:
    """``text`` without slashes at its end. Raises ``ValueError`` where it is not an HTTP URL."""
    parts = _split(text)
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or not _port_is_valid(parts)
        or parts.query
        or parts.fragment
    ):
        raise ValueError("is not an HTTP URL; write http://HOST:PORT or https://HOST")
    if "@" in parts.netloc:
        raise ValueError("holds a user or a password; they have settings of their own")
    return text.rstrip("/")


def origin(text: str) -> str:
    """``text`` as browsers write it: small letters, no default port. ``*`` stays as it is.

    Raises ``ValueError`` where no browser would ever send it.
    """
    text = text.strip().lower()
    if text == "*":
        return text
    parts = _split(text)
    if (
        parts is None
        or parts.scheme not in _DEFAULT_PORT
        or text != f"{parts.scheme}://{parts.netloc}"
        or not parts.hostname
        or not _port_is_valid(parts)
        or not text.isascii()
        or any(odd in text for odd in "@* ")
    ):
        raise ValueError(
            "has an entry that is not an origin; write scheme, host and port and nothing after "
            "them, such as https://app.example.com"
        )
    return text.removesuffix(_DEFAULT_PORT[parts.scheme])


def network(text: str) -> str:
    """``text``, an IP address or a network, in its canonical form. Raises ``ValueError``."""
    try:
        found = ip_network(text.strip())
    except ValueError:
        raise ValueError(
            "has an entry that is no address and no network; write 10.0.0.7 or 10.0.0.0/8"
        ) from None
    if found.prefixlen == 0:
        raise ValueError("trusts everybody, so that anybody could call from any address")
    return str(found)


class Mailbox(NamedTuple):
    """An e-mail address, and the name that is shown with it, which may be empty."""

    name: str
    address: str


def mail_url(text: str) -> str:
    """``text`` if it names an SMTP server. Raises ``ValueError`` that says what is wrong with it.

    A user without a password is refused, and so is a password without a user.
    """
    text = text.strip()
    parts = _split(text)
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(f"is not an SMTP URL; write {_MAIL_FORM}")
    # What a password was cut at looks like a path, a query or a second host.
    if parts.path.strip("/") or parts.query or parts.fragment or parts.netloc.count("@") > 1:
        raise ValueError(f"cannot be read; write {_MAIL_FORM}, where {_ESCAPED}")
    if not _port_is_valid(parts):
        raise ValueError(f"has a port that is not a number up to 65535; {_ESCAPED}")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("has a user or a password without the other; give both or none")
    return text.rstrip("/")


def redis_url(text: str) -> str:
    """``text`` if it names a Redis. Raises ``ValueError`` that says what is wrong with it."""
    text = text.strip()
    parts = _split(text)
    if parts is None or parts.scheme not in {"redis", "rediss"}:
        raise ValueError(f"is not a Redis URL; write {_REDIS_FORM}")
    # An @ behind the host belongs to a password that was cut at its / or ? or #.
    if parts.netloc.count("@") > 1 or "@" in parts.path + parts.query + parts.fragment:
        raise ValueError(f"cannot be read; write {_REDIS_FORM}, where {_ESCAPED}")
    if not parts.hostname or parts.fragment:
        raise ValueError(f"is not a Redis URL; write {_REDIS_FORM}")
    if not _port_is_valid(parts):
        raise ValueError(f"has a port that is not a number up to 65535; {_ESCAPED}")
    if parts.query:
        raise ValueError("has options after the ?, which are settings of their own; remove them")
    if not re.fullmatch(r"(/[0-9]{0,4})?", parts.path):
        raise ValueError("names a database that is not a number; end it with /0")
    return text.rstrip("/")


def is_local(url: str) -> bool:
    """Whether the host of ``url`` is this machine, by its usual names."""
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}


def is_one_line(text: str) -> bool:
    """Whether ``text`` can stand in a header of a message as it is."""
    return _UNFIT.search(text) is None


def mailbox(text: str) -> Mailbox:
    """``text``, ``ADDRESS`` or ``NAME <ADDRESS>``, taken apart and in its canonical form.

    Raises ``ValueError`` that does not repeat it. Nobody is asked whether the address exists.
    """
    # Here, since most systems read no address when they start, and it takes a while.
    with extra("mail"):
        from email_validator import EmailNotValidError, validate_email

    named = _NAMED.fullmatch(text.strip())
    name, address = named.groups() if named else ("", text)
    name = name.removeprefix('"').removesuffix('"')
    if not is_one_line(name):
        raise ValueError("has a name with a line break or another character that cannot be shown")
    try:
        found = validate_email(
            address.strip(" "),
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        raise ValueError(
            "is not an e-mail address; write ADDRESS or NAME <ADDRESS>, such as "
            "Shop <hello@shop.example>"
        ) from None
    return Mailbox(name, found.ascii_email or found.normalized)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _port_is_valid(parts: SplitResult) -> bool:
    try:
        _ = parts.port
    except ValueError:
        return False
    return True
