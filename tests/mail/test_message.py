"""A mail says what it was made of and nothing else."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.errors import ValidationError
from padstone.mail import Message
from padstone.settings.addresses import mailbox

SENDER = mailbox("Zoë Shop <shop@example.com>")
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}


def read(message: Message) -> EmailMessage:
    found: Any = message_from_bytes(message.rendered(SENDER), policy=default)
    return found  # type: ignore[no-any-return]


def test_a_mail_with_both_kinds_of_text() -> None:
    message = Message(
        to="Ann <ann@example.com>", subject="Grüße", text="Hallo, Änn.\n", html="<b>Änn</b>"
    )
    now = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    sent = message.rendered(SENDER, now=lambda: now)
    assert sent.isascii()
    found: Any = message_from_bytes(sent, policy=default)
    assert found["From"] == "Zoë Shop <shop@example.com>"
    assert found["To"] == "Ann <ann@example.com>"
    assert found["Subject"] == "Grüße"
    assert found["Date"] == "Sat, 21 Nov 2026 10:30:00 +0000"
    assert found["Message-ID"] == f"<{message.id}@example.com>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_body(("plain",)).get_content() == "Hallo, Änn.\r\n"
    assert found.get_body(("html",)).get_content() == "<b>Änn</b>\r\n"


def test_a_second_try_has_the_same_message_id_and_another_mail_has_not() -> None:
    one = Message(to="a@example.com", subject="S", text="T")
    assert read(one)["Message-ID"] == read(one)["Message-ID"]
    other = Message(to="a@example.com", subject="S", text="T")
    assert read(one)["Message-ID"] != read(other)["Message-ID"]


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"to": "ann"}, "to", "is not an e-mail address"),
        ({"to": ""}, "to", "is not an e-mail address"),
        ({"to": "a@example.com, b@example.com"}, "to", "is not an e-mail address"),
        ({"to": "a@example.com\r\nBcc: b@example.com"}, "to", "is not an e-mail address"),
        ({"to": "Ann\nBcc: b@example.com <a@example.com>"}, "to", "has a name with a line break"),
        ({"to": "zoë@example.com"}, "to", "is not an e-mail address"),
        ({"subject": " "}, "subject", "is empty"),
        ({"subject": "S\r\nBcc: b@example.com"}, "subject", "has a line break"),
        ({"subject": "S\x00"}, "subject", "has a line break or another control character"),
        ({"subject": "S\u2028X: y"}, "subject", "has a line break"),
        ({"text": "\ud800"}, "text", "has half a character"),
        ({"html": "\ud800"}, "html", "has half a character"),
    ],
)
def test_what_cannot_be_sent_is_named_and_not_repeated(
    values: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Message(**{"to": "ann@example.com", "subject": "S", "text": "T", **values})
    [problem] = refused.value.errors
    assert problem.field == field
    assert said in problem.message
    assert "b@example.com" not in str(refused.value) + problem.message


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Message(to="", subject="", text="")
    assert [problem.field for problem in refused.value.errors] == ["to", "subject"]


def test_what_it_says_is_not_shown() -> None:
    shown = repr(Message(to="a@example.com", subject="S", text="canary", html="canary"))
    assert "canary" not in shown


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=200), st.text(max_size=50))
def test_nothing_becomes_a_header(subject: str, name: str, text: str, html: str) -> None:
    try:
        message = Message(to=f"{name} <ann@example.com>", subject=subject, text=text, html=html)
    except ValidationError:
        return
    found = read(message)
    assert set(found.keys()) - {"Content-Type", "Content-Transfer-Encoding"} == HEADERS
    assert [one.addr_spec for one in found["To"].addresses] == ["ann@example.com"]
    assert "".join(found["Subject"].split()) == "".join(subject.split())
    assert len(list(found.walk())) == 3


@given(st.text(min_size=1, max_size=40).filter(str.strip), st.text(max_size=20))
def test_a_recipient_is_one_or_none(local: str, domain: str) -> None:
    try:
        message = Message(to=f"{local}@{domain}", subject="S", text="T")
    except ValidationError:
        return
    assert len(read(message)["To"].addresses) == 1
    assert not set(message.recipient.address) & set(" \t\r\n<>,;\x00")
