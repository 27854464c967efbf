"""The fixture, as a test of somebody's system uses it."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import pytest

from padstone.testing.mailbox import Mailbox


def send(mailbox: Mailbox, to: str, subject: str, text: str = "Hello") -> None:
    url = urlsplit(mailbox.url)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", to, subject
    mail.set_content(text)
    with smtplib.SMTP(url.hostname or "", url.port or 0, timeout=30) as server:
        server.login(unquote(url.username or ""), unquote(url.password or ""))
        server.send_message(mail)


async def test_each_mail_is_given_once_in_order(mailbox: Mailbox) -> None:
    send(mailbox, "ann@example.com", "First", "See https://shop.example/a?b=c.\n")
    send(mailbox, "bob@example.com", "Second")
    send(mailbox, "ann@example.com", "Third")
    assert (await mailbox.wait_for(to="bob@example.com")).subject == "Second"
    first = await mailbox.wait_for(to="ann@example.com")
    assert (first.subject, first.sender, first.to) == (
        "First",
        "shop@example.com",
        ("ann@example.com",),
    )
    assert first.text == "See https://shop.example/a?b=c.\n"
    assert first.links == ("https://shop.example/a?b=c",)
    assert first.headers["Subject"] == "First"
    assert (await mailbox.wait_for(to="ann@example.com")).subject == "Third"
    assert [mail.subject for mail in await mailbox.mails()] == ["First", "Second", "Third"]
    assert [mail.subject for mail in await mailbox.mails("bob@example.com")] == ["Second"]


@pytest.mark.parametrize("again", [1, 2])
async def test_a_test_sees_its_own_mails_alone(mailbox: Mailbox, again: int) -> None:
    assert await mailbox.mails() == []
    send(mailbox, "ann@example.com", f"{again}")
    assert (await mailbox.wait_for(to="ann@example.com")).subject == f"{again}"


async def test_what_does_not_come_is_named_beside_what_did(mailbox: Mailbox) -> None:
    send(mailbox, "bob@example.com", "Other")
    with pytest.raises(AssertionError, match=r"no mail to ann@.*bob@example.com.*Other"):
        await mailbox.wait_for(to="ann@example.com", within=0)
