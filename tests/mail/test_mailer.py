"""Sending to real servers, good and bad ones."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from padstone.errors import PadstoneError
from padstone.mail import Mailer, MailRefusedError, MailUnavailableError, Message
from padstone.mail.server import MailServer
from padstone.settings import MailSettings
from padstone.testing.mailbox import Mailbox

MakeSettings = Callable[..., MailSettings]


def message(to: str = "ann@example.com", **values: Any) -> Message:
    return Message(**{"to": to, "subject": "Hello", "text": "It is me.\n", **values})


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the servers of these tests those of another machine."""
    monkeypatch.setattr(MailServer, "is_ours", False)


async def test_a_mail_arrives_as_it_was_meant(mailbox: Mailbox, settings: MakeSettings) -> None:
    text = "Grüße, 漢字: https://shop.example/reset?token=abc\n.\n..\nFrom me\n" + "x" * 3000 + "\n"
    html = '<p>Grüße: <a href="https://shop.example/reset?token=abc&amp;x=1">hier</a></p>'
    sent = message("Änn <ann@example.com>", subject="Grüße 🎉", text=text, html=html)
    await Mailer(settings(mailbox.url)).send(sent)
    mail = await mailbox.wait_for(to="ann@example.com")
    assert mail.sender == "Shop <shop@example.com>"
    assert mail.to == ("ann@example.com",)
    assert mail.subject == "Grüße 🎉"
    assert mail.text == text
    assert mail.html.strip() == html
    assert mail.links == (
        "https://shop.example/reset?token=abc",
        "https://shop.example/reset?token=abc&x=1",
    )
    assert mail.headers["Message-ID"] == f"<{sent.id}@example.com>"


async def test_a_batch_is_one_connection(serve: Any, settings: MakeSettings) -> None:
    server = await serve()
    mailer = Mailer(settings(f"smtp://127.0.0.1:{server.port}"))
    batch = [message(f"u{number}@example.com") for number in range(5)]
    assert await mailer.send_all(batch) == [None] * 5
    assert [to for _, to in server.taken] == [[f"u{number}@example.com"] for number in range(5)]
    assert {sender for sender, _ in server.taken} == {"shop@example.com"}
    assert server.connections == 1


async def test_one_that_is_refused_does_not_keep_the_others(
    serve: Any, settings: MakeSettings
) -> None:
    server = await serve()
    server.answers |= {"gone@example.com": "550 nobody", "busy@example.com": "450 later"}
    server.at_data |= {"spam@example.com": "554 no", "full@example.com": "452 later"}
    mailer = Mailer(settings(f"smtp://127.0.0.1:{server.port}"))
    names = ("gone", "a", "busy", "spam", "b", "full", "c")
    outcomes = await mailer.send_all([message(f"{name}@example.com") for name in names])
    assert [type(outcome) for outcome in outcomes] == [
        MailRefusedError,
        type(None),
        MailUnavailableError,
        MailRefusedError,
        type(None),
        MailUnavailableError,
        type(None),
    ]
    assert [to[0][0] for _, to in server.taken] == ["a", "b", "c"]
    with pytest.raises(MailRefusedError, match="550"):
        await mailer.send(message("gone@example.com"))


async def test_a_wrong_password(serve: Any, settings: MakeSettings) -> None:
    server = await serve()
    await Mailer(settings(f"smtp://u:right@127.0.0.1:{server.port}")).send(message())
    wrong = Mailer(settings(f"smtp://u:wrong@127.0.0.1:{server.port}"))
    with pytest.raises(MailUnavailableError, match="refuses this service's user or password"):
        await wrong.send(message())
    with pytest.raises(MailUnavailableError, match="user or password"):
        await wrong.check()
    assert len(server.taken) == 1


@pytest.mark.usefixtures("elsewhere")
async def test_a_password_does_not_travel_in_clear_text(
    serve: Any, settings: MakeSettings, tls: ssl.SSLContext, certificate: Path
) -> None:
    plain = await serve()
    mailer = Mailer(settings(f"smtp://u:right@127.0.0.1:{plain.port}"))
    with pytest.raises(MailUnavailableError, match="as MAIL_URL asks"):
        await mailer.send(message())
    assert plain.passwords == []

    secure = await serve(tls_context=tls)
    unknown = Mailer(settings(f"smtp://u:right@127.0.0.1:{secure.port}"))
    with pytest.raises(MailUnavailableError):
        await unknown.send(message())
    assert secure.passwords == []

    url = f"smtp://u:right@127.0.0.1:{secure.port}"
    await Mailer(settings(url, MAIL_SSL_ROOT_CERT=str(certificate))).send(message())
    assert [data.password for data in secure.passwords] == [b"right"]
    assert len(secure.taken) == 1


@pytest.mark.usefixtures("elsewhere")
async def test_a_server_without_encryption_gets_mail_without_a_password(
    serve: Any, settings: MakeSettings
) -> None:
    server = await serve()
    await Mailer(settings(f"smtp://127.0.0.1:{server.port}")).send(message())
    assert len(server.taken) == 1


async def test_a_server_of_this_machine_may_have_any_certificate(
    serve: Any, settings: MakeSettings, tls: ssl.SSLContext
) -> None:
    server = await serve(tls_context=tls, require_starttls=True)
    await Mailer(settings(f"smtp://127.0.0.1:{server.port}")).send(message())
    assert len(server.taken) == 1


async def never(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 hello\r\n")


async def nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def busy(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"421 too many connections\r\n")


@pytest.mark.parametrize("behave", [never, hang_up, nonsense, busy])
async def test_what_is_no_server_is_a_failure_of_the_moment(
    scripted: Any, settings: MakeSettings, behave: Any
) -> None:
    port = await scripted(behave)
    patience = {"MAIL_CONNECT_TIMEOUT_SECONDS": 0.2, "MAIL_TIMEOUT_SECONDS": 0.2}
    mailer = Mailer(settings(f"smtp://127.0.0.1:{port}", **patience))
    outcomes = await mailer.send_all([message(), message()])
    assert [type(outcome) for outcome in outcomes] == [MailUnavailableError] * 2
    with pytest.raises(MailUnavailableError):
        await mailer.check()


async def test_nobody_listens(settings: MakeSettings, unused_tcp_port: int) -> None:
    with pytest.raises(MailUnavailableError, match="does not answer"):
        await Mailer(settings(f"smtp://127.0.0.1:{unused_tcp_port}")).send(message())


async def test_a_connection_that_breaks_ends_the_batch_after_what_was_taken(
    scripted: Any, settings: MakeSettings
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line == b".\r\n":
                writer.write(b"250 taken\r\n")
                return
            if line[:4] in {b"EHLO", b"MAIL", b"RCPT"}:
                writer.write(b"250 OK\r\n")
            if line[:4] == b"DATA":
                writer.write(b"354 go on\r\n")

    mailer = Mailer(settings(f"smtp://127.0.0.1:{await scripted(once)}"))
    outcomes: list[PadstoneError | None] = await mailer.send_all([message(), message(), message()])
    assert outcomes[0] is None
    assert [type(outcome) for outcome in outcomes[1:]] == [MailUnavailableError] * 2


async def test_a_silence_in_the_middle_is_bounded(scripted: Any, settings: MakeSettings) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250 OK\r\n")
        await asyncio.Event().wait()

    url = f"smtp://127.0.0.1:{await scripted(silent)}"
    with pytest.raises(MailUnavailableError):
        await Mailer(settings(url, MAIL_TIMEOUT_SECONDS=0.2)).send(message())


async def test_no_message_needs_no_answer(serve: Any, settings: MakeSettings) -> None:
    server = await serve()
    assert await Mailer(settings(f"smtp://127.0.0.1:{server.port}")).send_all([]) == []
    await Mailer(settings(f"smtp://127.0.0.1:{server.port}")).check()
