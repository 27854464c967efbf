"""The mail server: whether it answers, lets us in and takes mail from our sender."""

import asyncio
import ssl
from collections.abc import Iterator

from aiosmtplib import SMTPAuthenticationError, SMTPResponseException, SMTPSenderRefused

from padstone.cli.doctor.finding import Finding
from padstone.errors import PadstoneError
from padstone.mail import Mailer
from padstone.mail.server import MailServer
from padstone.settings import MailSettings

__all__ = ["mail"]

SUBJECT = "mail"


def mail(settings: MailSettings) -> list[Finding]:
    """Signs in and names the sender, as before a mail, and sends none."""
    server = MailServer(settings)
    where = f"{server.host}:{server.port}"
    try:
        asyncio.run(Mailer(settings).check())
    except PadstoneError as error:
        return [_explain(where, settings, list(_causes(error)))]
    return [Finding(SUBJECT, "ok", f"{where} takes mail from {settings.MAIL_FROM}.")]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _explain(where: str, settings: MailSettings, causes: list[BaseException]) -> Finding:
    for cause in causes:
        if isinstance(cause, SMTPAuthenticationError):
            return _error(
                f"{where} refuses the user or the password ({cause.code}).",
                "Correct them in MAIL_URL. A : / ? # or @ in them is percent-encoded there.",
            )
        if isinstance(cause, SMTPSenderRefused):
            return _error(
                f"{where} takes no mail from {settings.MAIL_FROM} ({cause.code}).",
                "Correct MAIL_FROM, or let the server know that address.",
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _error(
                f"{where} has a certificate that is not trusted: {cause.verify_message}.",
                "Name the host as its certificate does, or its authority in MAIL_SSL_ROOT_CERT.",
            )
        if isinstance(cause, ssl.SSLError):
            return _error(
                f"{where} does not speak TLS from the first byte.",
                "Take smtp:// in MAIL_URL: it encrypts where the server offers that.",
            )
        if isinstance(cause, SMTPResponseException):
            return _error(f"{where} answers {cause.code}.", "See its log, or correct MAIL_URL.")
    return _unusable(where, causes)


def _unusable(where: str, causes: list[BaseException]) -> Finding:
    if any(isinstance(cause, OSError) for cause in causes):
        return _error(
            f"{where} does not answer: {_last_word(causes)}",
            "Start the mail server, let this machine through to it, or correct MAIL_URL.",
        )
    return _error(
        f"{where} offers no encryption, without which the password is not sent.",
        "Take smtps:// in MAIL_URL, or the port for submission, which is usually 587.",
    )


def _last_word(causes: list[BaseException]) -> str:
    said = [str(cause) for cause in causes if isinstance(cause, OSError) and str(cause)]
    return said[-1].rstrip(".") + "." if said else "it took too long."


def _error(what: str, mend: str) -> Finding:
    return Finding(SUBJECT, "error", what, mend)
