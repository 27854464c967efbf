"""Taking mail, from whoever knows the password."""

import asyncio
import smtplib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import pytest_asyncio

from padstone.devservices.mailbox.letter import Letter
from padstone.devservices.mailbox.smtp import protocol
from padstone.devservices.mailbox.store import Store

Do = Callable[[Callable[[smtplib.SMTP], Any]], Coroutine[Any, Any, Any]]

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest_asyncio.fixture
async def do(store: Store) -> Any:
    """Does something with a connection, in a thread."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(store, "right", loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def talk(work: Callable[[smtplib.SMTP], Any]) -> Any:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as connection:
            return work(connection)

    async def do(work: Callable[[smtplib.SMTP], Any]) -> Any:
        return await asyncio.to_thread(talk, work)

    yield do
    server.close()


async def test_what_is_sent_is_kept_as_it_came(do: Do, store: Store) -> None:
    def send(connection: smtplib.SMTP) -> Any:
        connection.login("shop", "right")
        text = b"Subject: Hi\r\n\r\nOne\r\n..two\r\n\xff\r\n"
        return connection.sendmail("me@example.com", ["a@example.com", "b@example.com"], text)

    assert await do(send) == {}
    [name] = store.newest_first()
    letter = Letter(name, store.read(name) or b"")
    assert letter.box == "shop"
    assert letter.summary.to == ("a@example.com", "b@example.com")
    assert letter.header("Return-Path") == "<me@example.com>"
    assert letter.content.endswith(b"Subject: Hi\r\n\r\nOne\r\n..two\r\n\xff\r\n")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        ("shop", "right", 235),
        ("any_other-box", "right", 235),
        ("shop", "wrong", 535),
        ("shop", "", 535),
        ("../shop", "right", 535),
        ("", "right", 535),
        (".", "right", 535),
        ("x" * 64, "right", 535),
    ],
)
async def test_who_may_send(do: Do, mechanism: str, user: str, password: str, code: int) -> None:
    def login(connection: smtplib.SMTP) -> int:
        connection.ehlo()
        connection.user, connection.password = user, password
        method = getattr(connection, f"auth_{mechanism.lower()}")
        try:
            return connection.auth(mechanism, method, initial_response_ok=mechanism == "PLAIN")[0]
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code

    assert await do(login) == code


async def test_nobody_sends_without_a_password(do: Do, store: Store) -> None:
    def send(connection: smtplib.SMTP) -> None:
        connection.sendmail("me@example.com", ["a@example.com"], "x")

    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        await do(send)
    assert refused.value.smtp_code == 530
    assert store.newest_first() == []
