"""Sending: one connection for each call, since mail comes seldom and servers hang up soon."""

from collections.abc import Sequence

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from padstone.errors import PadstoneError
from padstone.mail.failures import translate
from padstone.mail.message import Message
from padstone.mail.server import MailServer
from padstone.settings import MailSettings
from padstone.settings.addresses import mailbox

__all__ = ["Mailer"]


class Mailer:
    """Sends mail as ``MAIL_FROM`` by the server that ``MAIL_URL`` names. Connects when it sends."""

    def __init__(self, settings: MailSettings) -> None:
        self._server = MailServer(settings)
        self._sender = mailbox(settings.MAIL_FROM)
        self._timeout = settings.MAIL_TIMEOUT_SECONDS

    async def send(self, message: Message) -> None:
        """Sends one mail; the server has taken it when this returns.

        Raises ``MailUnavailableError`` where it may be taken later, and ``MailRefusedError`` where
        it never will. After a time-out the server may have it all the same: it then comes again
        with the same Message-ID.
        """
        [error] = await self.send_all([message])
        if error is not None:
            raise error

    async def send_all(self, messages: Sequence[Message]) -> list[PadstoneError | None]:
        """Sends them over one connection. What became of each, in order; ``None`` is well.

        A mail that is refused does not keep the others; a connection that breaks does.
        """
        outcomes: list[PadstoneError | None] = []
        try:
            async with self._server.connected() as connection:
                for message in messages:
                    outcome = await self._send(connection, message)
                    outcomes += [outcome]
        except (SMTPException, OSError) as error:
            # After the last answer only the farewell can fail, which changes nothing.
            outcomes += [translate(error)] * (len(messages) - len(outcomes))
        return outcomes

    async def check(self) -> None:
        """Signs in and names the sender, as before a mail; raises what ``send`` would.

        No part of readiness: a system can do its work while mail waits in its jobs.
        """
        try:
            async with self._server.connected() as connection:
                await connection.mail(self._sender.address, timeout=self._timeout)
                await connection.rset(timeout=self._timeout)
        except (SMTPException, OSError) as error:
            raise translate(error) from error

    async def _send(self, connection: SMTP, message: Message) -> PadstoneError | None:
        try:
            await connection.sendmail(
                self._sender.address,
                message.recipient.address,
                message.rendered(self._sender),
                timeout=self._timeout,
            )
        except (SMTPRecipientsRefused, SMTPResponseException) as error:
            return translate(error)
        return None
