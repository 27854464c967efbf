"""Settings of a system that sends mail."""

import os
from collections.abc import Iterator

from pydantic import Field, field_validator

from padstone.settings.addresses import mail_url, mailbox
from padstone.settings.base import Settings
from padstone.settings.problems import SettingProblem

__all__ = ["MailSettings"]


class MailSettings(Settings):
    """Mail by SMTP. Without a URL, development starts an embedded mailbox that keeps what is sent.

    With ``smtps://`` the connection is encrypted from its first byte. With ``smtp://`` it is where
    the server offers that (STARTTLS), and must be where there is a password to send, unless the
    server is on this machine.
    """

    MAIL_URL: str | None = Field(
        None,
        repr=False,
        description="smtp(s)://USER:PASSWORD@HOST:PORT; without a port 465 for smtps, 587 for smtp "
        "with a user, 25 without; empty in development: an embedded mailbox.",
        json_schema_extra={"secret": "url"},
    )
    MAIL_FROM: str = Field(
        "",
        description="The sender: ADDRESS or NAME <ADDRESS>; "
        "empty in development: SYSTEM@example.com.",
    )
    MAIL_SSL_ROOT_CERT: str | None = Field(
        None, description="File with the authorities of the mail server; empty: the machine's own."
    )
    MAIL_CONNECT_TIMEOUT_SECONDS: float = Field(
        5.0, gt=0, description="How long connecting to the mail server may take."
    )
    MAIL_TIMEOUT_SECONDS: float = Field(
        10.0, gt=0, description="How long the mail server may take for one answer."
    )

    @field_validator("MAIL_URL")
    @classmethod
    def _smtp_url(cls, value: str | None) -> str | None:
        return None if value is None else mail_url(value)

    @field_validator("MAIL_FROM")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value:
            mailbox(value)
        return value

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.is_deployed and self.MAIL_URL is None:
            yield SettingProblem(
                "MAIL_URL",
                "is not set, and the embedded mailbox is for development; set it to "
                "smtp://USER:PASSWORD@HOST:PORT.",
            )
        if self.MAIL_URL is not None and not self.MAIL_FROM:
            yield SettingProblem(
                "MAIL_FROM", "is not set; name the sender, such as Shop <hello@shop.example>."
            )
        if self.MAIL_SSL_ROOT_CERT and not os.access(self.MAIL_SSL_ROOT_CERT, os.R_OK):
            yield SettingProblem("MAIL_SSL_ROOT_CERT", "is not a file that can be read.")
