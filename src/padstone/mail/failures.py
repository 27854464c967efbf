"""What a failure to send means: try again later, or give up.

The messages are ours: those of servers repeat addresses.
"""

from typing import ClassVar

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from padstone.errors import PadstoneError, UnavailableError

__all__ = ["MailRefusedError", "MailUnavailableError", "translate"]

_PERMANENT = 500
_PAUSE_SECONDS = 30.0


class MailUnavailableError(UnavailableError):
    """The mail server does not answer, does not let us in, or says that it cannot at the moment."""

    code: ClassVar[str] = "mail_unavailable"
    detail = "The mail server does not take mail at the moment. Try again later."


class MailRefusedError(PadstoneError):
    """The mail server refuses this mail for good. ``status`` is its SMTP code, 500 and more."""

    code: ClassVar[str] = "mail_refused"
    detail = "The mail server refuses this mail."

    def __init__(self, detail: str | None = None, *, status: int = _PERMANENT) -> None:
        super().__init__(detail)
        self.status = status


def translate(error: Exception) -> PadstoneError:
    """``MailRefusedError`` where trying again is of no use, otherwise ``MailUnavailableError``.

    A server that refuses our password says nothing of the mail: it may be sent when the settings
    are right again.
    """
    if isinstance(error, SMTPAuthenticationError):
        return _unavailable("The mail server refuses this service's user or password.")
    if isinstance(error, SMTPRecipientsRefused):
        # There is one recipient, and so one answer.
        return _by_status(error.recipients[0].code, "the recipient's address")
    if isinstance(error, SMTPResponseException):
        return _by_status(error.code, "the mail")
    if isinstance(error, OSError):  # connections and time-outs of aiosmtplib are OSErrors too
        return _unavailable("The mail server does not answer.")
    if isinstance(error, SMTPException):
        return _unavailable("The mail server cannot be used as MAIL_URL asks.")
    raise error


def _by_status(status: int, what: str) -> PadstoneError:
    if status >= _PERMANENT:
        return MailRefusedError(f"The mail server refuses {what} ({status}).", status=status)
    return _unavailable(f"The mail server does not take mail at the moment ({status}).")


def _unavailable(detail: str) -> PadstoneError:
    return MailUnavailableError(detail, retry_after=_PAUSE_SECONDS)
