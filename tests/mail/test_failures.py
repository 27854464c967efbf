"""Try again, or give up: nothing else follows from a failure."""

import ssl

import pytest
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPConnectTimeoutError,
    SMTPDataError,
    SMTPException,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from padstone.mail import MailRefusedError, MailUnavailableError
from padstone.mail.failures import translate


def refused(code: int) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused([SMTPRecipientRefused(code, "canary", "canary@example.com")])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused(550), MailRefusedError),
        (refused(450), MailUnavailableError),
        (SMTPDataError(554, "canary"), MailRefusedError),
        (SMTPDataError(452, "canary"), MailUnavailableError),
        (SMTPSenderRefused(553, "canary", "canary@example.com"), MailRefusedError),
        (SMTPSenderRefused(421, "canary", "canary@example.com"), MailUnavailableError),
        (SMTPAuthenticationError(535, "canary"), MailUnavailableError),
        (SMTPConnectError("canary"), MailUnavailableError),
        (SMTPConnectTimeoutError("canary"), MailUnavailableError),
        (SMTPReadTimeoutError("canary"), MailUnavailableError),
        (SMTPServerDisconnected("canary"), MailUnavailableError),
        (SMTPException("canary"), MailUnavailableError),
        (ssl.SSLCertVerificationError("canary"), MailUnavailableError),
        (ConnectionRefusedError("canary"), MailUnavailableError),
    ],
)
def test_what_a_failure_means(error: Exception, expected: type[Exception]) -> None:
    meaning = translate(error)
    assert type(meaning) is expected
    assert "canary" not in str(meaning)
    assert (meaning.retry_after is not None) is (expected is MailUnavailableError)


def test_a_refusal_says_with_which_code() -> None:
    meaning = translate(refused(552))
    assert isinstance(meaning, MailRefusedError)
    assert meaning.status == 552
    assert meaning.detail == "The mail server refuses the recipient's address (552)."


def test_a_defect_of_ours_is_no_failure_of_the_server() -> None:
    with pytest.raises(KeyError):
        translate(KeyError("x"))
