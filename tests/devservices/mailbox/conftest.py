"""Mails, and a mailbox that serves them from a thread of this process."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices.mailbox.store import Store
from padstone.devservices.mailbox.web import page_server

KEY = "a-key"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "mails")


@pytest.fixture
def mail() -> Callable[..., bytes]:
    """A mail as the server keeps it."""

    def make(
        subject: str = "Hello",
        text: str = "It is me.\n",
        html: str | None = None,
        to: str = "ann@example.com",
    ) -> bytes:
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = "shop@example.com", to, subject
        made.set_content(text)
        if html is not None:
            made.add_alternative(html, subtype="html")
        return f"Return-Path: <shop@example.com>\r\nDelivered-To: {to}\r\n".encode() + bytes(made)

    return make


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Asks the page; ``base`` is where it begins."""

    base = f"/{KEY}/"

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(self, path: str, method: str = "GET", **options: Any) -> Answer:
        whole = path if path.startswith("/") else f"{self.base}{path}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, whole, **options)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


@pytest.fixture
def browser(store: Store) -> Iterator[Browser]:
    server = page_server(("127.0.0.1", 0), store, KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Browser(int(server.server_address[1]))
    server.shutdown()
    thread.join()
    server.server_close()
