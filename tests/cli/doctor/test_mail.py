"""What the doctor says of mail servers, good and bad ones."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.mail import mail
from padstone.mail.server import MailServer
from padstone.settings import MailSettings
from padstone.testing.mailbox import Mailbox

Serving = Callable[..., AbstractContextManager[int]]


class Picky:
    """Takes mail from nobody but the shop."""

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address != "shop@example.com":
            return "553 who are you"
        envelope.mail_from = address
        return "250 OK"


def authenticate(_s: Any, _session: Any, _e: Any, _m: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def serving(**options: Any) -> Iterator[int]:
    """A server in a thread of its own, since the doctor has an event loop of its own; its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    connections: list[SMTP] = []

    async def start() -> asyncio.Server:
        def connected() -> SMTP:
            connection = SMTP(
                Picky(),
                hostname="localhost",
                authenticator=authenticate,
                auth_require_tls=False,
                loop=loop,
                **options,
            )
            connections.append(connection)
            return connection

        return await loop.create_server(connected, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(30)

    async def end() -> None:
        server.close()
        for connection in connections:
            # Where TLS failed, the transport below it is left to us.
            for transport in (connection.transport, connection._original_transport):
                if transport is not None:
                    # On Python 3.11 one over TLS that has ended already raises this.
                    with suppress(AttributeError):
                        transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def look(url: str, **values: Any) -> Finding:
    given = {"MAIL_FROM": "shop@example.com", "MAIL_CONNECT_TIMEOUT_SECONDS": 5, **values}
    [found] = mail(MailSettings(MAIL_URL=url, **given))
    assert found.subject == "mail"
    return found


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the servers of these tests those of another machine."""
    monkeypatch.setattr(MailServer, "is_ours", False)


def test_the_mailbox_is_well(mailbox: Mailbox) -> None:
    found = look(mailbox.url)
    assert found.verdict == "ok"
    assert found.what.endswith(" takes mail from shop@example.com.")


def test_looking_sends_nothing() -> None:
    with serving() as port:
        assert look(f"smtp://u:right@127.0.0.1:{port}").verdict == "ok"


def test_nobody_listens(unused_tcp_port: int) -> None:
    found = look(f"smtp://127.0.0.1:{unused_tcp_port}")
    assert found.verdict == "error"
    assert f"127.0.0.1:{unused_tcp_port} does not answer" in found.what
    assert "correct MAIL_URL" in found.mend


def test_a_password_that_is_refused() -> None:
    with serving() as port:
        found = look(f"smtp://u:canary@127.0.0.1:{port}")
    assert found.verdict == "error"
    assert found.what == f"127.0.0.1:{port} refuses the user or the password (535)."
    assert "canary" not in found.what + found.mend


def test_a_sender_that_is_refused() -> None:
    with serving() as port:
        found = look(f"smtp://127.0.0.1:{port}", MAIL_FROM="other@example.com")
    assert found.what == f"127.0.0.1:{port} takes no mail from other@example.com (553)."
    assert "MAIL_FROM" in found.mend


@pytest.mark.usefixtures("elsewhere")
def test_a_password_that_would_be_read_by_others() -> None:
    with serving() as port:
        found = look(f"smtp://u:right@127.0.0.1:{port}")
    assert "offers no encryption" in found.what
    assert "smtps://" in found.mend


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_that_nobody_vouches_for(tls: ssl.SSLContext, certificate: Path) -> None:
    with serving(tls_context=tls) as port:
        url = f"smtp://u:right@127.0.0.1:{port}"
        found = look(url)
        assert "has a certificate that is not trusted" in found.what
        assert "MAIL_SSL_ROOT_CERT" in found.mend
        assert look(url, MAIL_SSL_ROOT_CERT=str(certificate)).verdict == "ok"


def test_a_server_that_speaks_plainly_is_asked_by_tls() -> None:
    with serving() as port:
        found = look(f"smtps://127.0.0.1:{port}")
    assert "does not speak TLS" in found.what
    assert "smtp://" in found.mend


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"421 busy\r\n", "answers 421"),
        (b"HTTP/1.1 400 Bad\r\n\r\n", "answers"),
        (b"", "does not answer"),
    ],
)
def test_what_is_no_mail_server(said: bytes, expected: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(said)
                while said and connection.recv(1024):
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        found = look(f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
    assert found.verdict == "error"
    assert expected in found.what
