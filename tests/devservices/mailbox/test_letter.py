"""A mail is read whatever was sent."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.devservices.mailbox.letter import Letter, links_in

NAME = "00001795260452454468760-shop"


def test_what_a_mail_says(mail: Callable[..., bytes]) -> None:
    letter = Letter(NAME, mail("Grüße", "Hallo\n", "<b>Hallo</b>"))
    assert (letter.id, letter.box) == (NAME, "shop")
    assert letter.received.isoformat() == "2026-11-21T11:27:32.454469+00:00"
    assert letter.header("subject") == "Grüße"
    assert letter.header("X-Missing") == ""
    assert letter.summary.to == ("ann@example.com",)
    assert (letter.text, letter.html.strip()) == ("Hallo\n", "<b>Hallo</b>")
    assert letter.headers[:2] == [
        ("Return-Path", "<shop@example.com>"),
        ("Delivered-To", "ann@example.com"),
    ]
    summary = letter.summary.as_json()
    assert summary.keys() == {"id", "box", "received", "from", "to", "subject"}
    assert letter.as_json().items() >= {**summary, "text": "Hallo\n"}.items()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&z=2"]),
        ("(http://a.example/) and <https://b.example>", ["http://a.example/", "https://b.example"]),
        (
            "https://a.example/a_(b), https://c.example!",
            ["https://a.example/a_(b", "https://c.example"],
        ),
        ("javascript:alert(1) ftp://a.example file:///etc", []),
        ('https://a.example/"onclick="x', ["https://a.example/"]),
    ],
)
def test_links_of_a_text(text: str, links: list[str]) -> None:
    pieces = list(links_in(text))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_link in pieces if is_link] == links


def test_links_of_both_parts_each_once(mail: Callable[..., bytes]) -> None:
    html = (
        '<a href="https://a.example/?x=1&amp;y=2">a</a><A HREF=https://b.example>b</A>'
        '<a href="javascript:alert(1)">c</a><a name="d">d</a><link href="https://e.example">'
    )
    letter = Letter(NAME, mail(text="https://b.example", html=html))
    assert letter.links == ["https://b.example", "https://a.example/?x=1&y=2"]


@pytest.mark.parametrize(
    ("html", "wants"),
    [
        ('<img src="https://tracker.example/x">', True),
        ("<img src=//tracker.example/x>", True),
        ("<p style='background: url( http://tracker.example/x)'>", True),
        ('<table background="http://tracker.example/x">', True),
        ('<a href="https://shop.example">go</a> <img src="data:image/png;base64,AA==">', False),
    ],
)
def test_what_would_ask_somebody(mail: Callable[..., bytes], html: str, *, wants: bool) -> None:
    assert Letter(NAME, mail(html=html)).wants_remote_content is wants


def test_files_and_images_that_came_along() -> None:
    made = EmailMessage()
    made.set_content("See the file.")
    made.add_alternative('<img src="cid:logo"><img src="cid:gone">', subtype="html")
    parts: Any = made.get_payload()
    parts[1].add_related(b"PNG", "image", "png", cid="<logo>")
    made.add_attachment(b"%PDF", "application", "pdf", filename="bill.pdf")
    letter = Letter(NAME, bytes(made))
    assert [tuple(file) for file in letter.attachments] == [
        ("bill.pdf", "application/pdf", b"%PDF")
    ]
    assert 'src="data:image/png;base64,UE5H"' in letter.html
    assert 'src="cid:gone"' in letter.html
    assert letter.as_json()["attachments"] == [
        {"name": "bill.pdf", "type": "application/pdf", "size": 4}
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: =?nonsense?q?x?=\r\nFrom: <<<>>>\r\nTo: \xff\xfe\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=no-such-charset\r\n\r\n\xe4",
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xe4",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n--x--",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx",
        b"Content-Disposition: attachment\r\nContent-ID: x\r\n\r\nx",
        b"Date: never\r\nMessage-ID: [\r\nContent-Type: /\r\n\r\n",
    ],
)
def test_nonsense_is_read(content: bytes) -> None:
    everything(Letter(NAME, content))


def everything(letter: Letter) -> None:
    # Half a character would not be written.
    assert json.dumps([letter.as_json(), letter.html], ensure_ascii=False).encode()
    assert isinstance(letter.wants_remote_content, bool)


@pytest.mark.parametrize("sender", ["name@", "x<", "x\udcff<", "x@[\udcff"])
def test_what_python_cannot_read_is_shown_as_it_came(sender: str) -> None:
    content = f"From: {sender}\r\nSubject: Hello\r\n\r\n".encode(errors="surrogateescape")
    letter = Letter(NAME, content)
    assert letter.header("From") == sender.replace("\udcff", "?")
    assert letter.header("Subject") == "Hello"
    everything(letter)


HEADS = st.sampled_from(
    ["Subject", "From", "To", "Date", "Message-ID", "Content-Type", "Content-Disposition"]
)


@given(
    st.lists(st.tuples(HEADS, st.binary(max_size=40)), max_size=4),
    st.binary(max_size=80),
)
def test_whatever_is_sent_is_read(heads: list[tuple[str, bytes]], body: bytes) -> None:
    lines = [name.encode() + b": " + value.replace(b"\n", b"") for name, value in heads]
    everything(Letter(NAME, b"\r\n".join([*lines, b"", body])))
