"""The mail server that the settings name, and how it is spoken to."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from aiosmtplib import SMTP

from padstone.settings import MailSettings

__all__ = ["MailServer"]

_SMTP_PORT, _SUBMISSION_PORT, _SMTPS_PORT = 25, 587, 465


@dataclass(frozen=True)
class MailServer:
    """An SMTP server. ``is_ours`` means that it runs on this machine.

    Raises ``ValueError`` for settings without a URL: the embedded mailbox has not been attached.
    """

    settings: MailSettings = field(repr=False)

    def __post_init__(self) -> None:
        if self.settings.MAIL_URL is None:
            raise ValueError("MAIL_URL is not set. In development `padstone.backing` completes it.")

    @property
    def host(self) -> str:
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        if self._parts.port is not None:
            return self._parts.port
        if self._is_encrypted:
            return _SMTPS_PORT
        return _SUBMISSION_PORT if self.has_user else _SMTP_PORT

    @property
    def has_user(self) -> bool:
        """Whether there is a password to send."""
        return bool(self._parts.username)

    @property
    def is_ours(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[SMTP]:
        """A connection, encrypted and signed in."""
        transport = None
        try:
            async with self.connection() as connection:
                transport = cast("asyncio.WriteTransport", connection.transport)
                yield connection
        finally:
            # After the farewell there is nothing to wait for, such as the other side's end of TLS.
            if transport is not None:
                transport.abort()

    def connection(self) -> SMTP:
        """A connection that is not opened yet."""
        settings = self.settings
        return SMTP(
            hostname=self.host,
            port=self.port,
            username=unquote(self._parts.username or "") or None,
            password=unquote(self._parts.password or "") or None,
            # Its own default asks the name service, which may take its time.
            local_hostname=socket.gethostname(),
            timeout=settings.MAIL_CONNECT_TIMEOUT_SECONDS,
            use_tls=self._is_encrypted,
            start_tls=self._starts_tls,
            tls_context=self._tls,
        )

    @property
    def _starts_tls(self) -> bool | None:
        """Whether to encrypt an open connection. ``None`` is: where the server offers that."""
        if self._is_encrypted:
            return False
        # Whoever sits between could take the offer away, and the password must not go to them.
        return True if self.has_user and not self.is_ours else None

    @property
    def _is_encrypted(self) -> bool:
        return self._parts.scheme == "smtps"

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.settings.MAIL_URL or "")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.settings.MAIL_SSL_ROOT_CERT)
        if self.is_ours and self.settings.MAIL_SSL_ROOT_CERT is None:
            # A server on this machine seldom has a certificate that anybody has signed.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
