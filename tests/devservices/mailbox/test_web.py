"""The page over HTTP."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from padstone.devservices.mailbox.store import Store

Mail = Callable[..., bytes]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/x/", "/A-KEY/", "/a-key/../a-key/", "/a-key/nothing", "//"),
        *("/%61-key/", "/a-key%2F", "/style.css", "/api/mails", "/a-ke/", "/a-keyy/"),
    ],
)
def test_nothing_is_shown_without_the_key(browser: Any, path: str) -> None:
    answer = browser(path)
    assert answer.status == 404
    assert answer.text == "There is no such page.\n"


@pytest.mark.parametrize(
    "path", ["", "style.css", "page.js", "api/mails", "api/changes", "nothing"]
)
def test_no_answer_is_kept_guessed_or_followed(browser: Any, path: str) -> None:
    headers = browser(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-DNS-Prefetch-Control"] == "off"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_method_that_does_not_fit_finds_nothing(browser: Any) -> None:
    assert browser("", "POST").status == 404
    assert browser("api/mails", "POST").status == 404
    assert browser("", "PUT").status == 501


def test_several_questions_on_one_connection(browser: Any) -> None:
    ask = b"GET /a-key/api/mails HTTP/1.1\r\nHost: x\r\n\r\n"
    form = b"POST /a-key/delete HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na=b&c"
    last = b"GET /a-key/page.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", browser.port), timeout=30) as connection:
        connection.sendall(ask + form + last)
        said = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.count(b"HTTP/1.1 303") == 1


@pytest.mark.parametrize("length", ["-1", "many", "1e3", ""])
def test_a_length_that_is_none_is_nothing(browser: Any, length: str) -> None:
    assert browser("api/mails", headers={"Content-Length": length}).status == 200


def test_a_browser_that_leaves_is_no_failure(
    browser: Any, store: Store, mail: Mail, capfd: pytest.CaptureFixture[str]
) -> None:
    store.add("shop", mail(text="x" * 5_000_000))
    name = store.newest_first()[0]
    with socket.create_connection(("127.0.0.1", browser.port), timeout=30) as connection:
        connection.sendall(f"GET /a-key/mails/{name}/source HTTP/1.0\r\n\r\n".encode())
        connection.recv(10)
    assert browser("").status == 200
    assert "Traceback" not in capfd.readouterr().err
