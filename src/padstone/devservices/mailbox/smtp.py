"""Taking mail: whoever knows the password may send, and everything that is sent is kept."""

import asyncio
import hmac
import re
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from padstone.devservices.mailbox.store import Store

__all__ = ["protocol"]

_MOST_BYTES = 32 << 20
_BOX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}").fullmatch


def protocol(store: Store, password: str, loop: asyncio.AbstractEventLoop) -> SMTP:
    """One connection's server. The user's name is the box that its mails go to."""
    return SMTP(
        _Keep(store),
        hostname="localhost",
        ident="Padstone mailbox",
        data_size_limit=_MOST_BYTES,
        enable_SMTPUTF8=True,
        auth_required=True,
        # The loopback address is all that it listens on.
        auth_require_tls=False,
        authenticator=_Password(password),
        loop=loop,
    )


class _Password:
    """Lets in whoever knows the password, under any name that can be a file's."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()

    def __call__(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        box = given.login.decode(errors="replace")
        right = hmac.compare_digest(given.password, self._password)
        return AuthResult(success=right and _BOX(box) is not None, handled=False, auth_data=box)


class _Keep:
    """What aiosmtpd calls when a mail has come. Its names are aiosmtpd's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        # As mail servers do: for whom it was, which the mail itself need not say.
        way = [
            f"Return-Path: <{envelope.mail_from}>",
            *(f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos),
        ]
        head = "".join(f"{line}\r\n" for line in way).encode(errors="surrogateescape")
        self._store.add(session.auth_data, head + envelope.original_content)
        return "250 It is in the mailbox"
