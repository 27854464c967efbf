"""What can become of a request, as the person at the terminal hears of it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from accounts_cli import __version__
from accounts_cli.refusals import retry_after
from running import Command, Server, start_server, stop
from server import EMAIL, FULL_KEY

from certificates import write_certificate


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue is full: the connection is neither taken nor refused."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        waiting = []
        for _ in range(3):
            one = socket.socket()
            one.settimeout(0)
            one.connect_ex(address)
            waiting.append(one)
        yield address[1]
        for one in waiting:
            one.close()


def login(accounts: Command, url: str) -> tuple[int, str]:
    ran = accounts("login", "--api-url", url, stdin=FULL_KEY)
    assert ran.out == ""
    assert FULL_KEY not in ran.err
    return ran.status, ran.err


def test_it_says_who_it_is_and_shows_its_key(logged_in: Command, server: Server) -> None:
    logged_in("whoami")
    headers = server.seen[-1]["headers"]
    assert headers["authorization"] == f"Bearer {FULL_KEY}"
    assert headers["user-agent"] == f"accounts-cli/{__version__}"


def test_no_server(accounts: Command) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    status, err = login(accounts, url)
    assert status == 4
    assert err == f"error: No server answers at {url}: connection refused. Is it running there?\n"


def test_a_name_that_does_not_exist(accounts: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    status, err = login(accounts, "https://no.such.host")
    assert status == 4
    assert "No server answers at https://no.such.host: name or service not known." in err


def test_a_server_that_takes_no_connection(
    accounts: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNTS_TIMEOUT", "0.2")
    with deaf_port() as port:
        status, err = login(accounts, f"http://127.0.0.1:{port}")
    assert status == 4
    assert f"http://127.0.0.1:{port} cannot be reached" in err


def test_a_server_that_does_not_answer(
    logged_in: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNTS_TIMEOUT", "0.2")
    server.answer(hang=True)
    ran = logged_in("credits")
    assert ran.status == 4
    assert f"{server.url} did not answer within 0.2 s. ACCOUNTS_TIMEOUT" in ran.err
    assert "may have been done" not in ran.err


def test_what_may_have_been_done_is_said_to_be_so(
    logged_in: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer(drop=True)
    ran = logged_in("keys", "create", "x", "--scopes", "keys:read")
    assert ran.status == 4
    assert f"{server.url} broke off instead of answering" in ran.err
    assert "It may have been done all the same" in ran.err
    monkeypatch.setenv("ACCOUNTS_TIMEOUT", "0.2")
    server.answer(hang=True)
    ran = logged_in("keys", "create", "x", "--scopes", "keys:read")
    assert ran.status == 4
    assert "It may have been done all the same" in ran.err


def test_a_certificate_that_nobody_vouches_for(
    accounts: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    process = start_server(str(certificate))
    try:
        assert process.stdout is not None
        url = f"https://127.0.0.1:{int(process.stdout.readline())}"
        status, err = login(accounts, url)
        assert status == 4
        assert f"No trustworthy connection to {url}: self-signed certificate" in err
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        status, err = login(accounts, url)
        assert status == 0
        assert EMAIL in err
    finally:
        stop(process)


def test_a_server_without_tls(accounts: Command, server: Server) -> None:
    status, err = login(accounts, server.url.replace("http:", "https:"))
    assert status == 4
    assert "No trustworthy connection to https://127.0.0.1:" in err
    assert "record layer failure" in err or "wrong version number" in err


@pytest.mark.parametrize("status", [200, 404])
def test_something_else_that_speaks_http(status: int, accounts: Command, server: Server) -> None:
    server.answer(status, "<h1>Welcome to nginx!</h1>", headers={"content-type": "text/html"})
    exit_status, err = login(accounts, server.url)
    assert exit_status == 1
    assert err.startswith(
        f"error: {server.url} answered, but not as the accounts API does: {status}, text/html. "
    )
    assert "Is this the right address?" in err


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{", "it is not the JSON that it says it is"),
        ("[]", "its JSON is no object"),
        ("{}", "its JSON has no usable 'email'"),
    ],
)
def test_another_json(body: str, what: str, accounts: Command, server: Server) -> None:
    server.answer(200, body)
    status, err = login(accounts, server.url)
    assert status == 1
    assert f"not as the accounts API does: {what}." in err


def test_an_answer_that_cannot_be_unpacked(accounts: Command, server: Server) -> None:
    server.answer(200, "no gzip", headers={"content-encoding": "gzip"})
    status, err = login(accounts, server.url)
    assert status == 1
    assert "its answer cannot be decoded" in err


def test_a_redirect_is_not_followed(accounts: Command, server: Server) -> None:
    server.answer(307, headers={"location": "https://evil.example/", "content-type": "text/plain"})
    status, err = login(accounts, server.url)
    assert status == 1
    assert "307, a redirect to https://evil.example/" in err
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_question_is_repeated_once_when_the_server_says(
    status: int, logged_in: Command, server: Server
) -> None:
    server.answer(status, {"detail": "Too many requests."}, headers={"retry-after": "0"})
    ran = logged_in("credits")
    assert ran.status == 0
    assert [seen["method"] for seen in server.seen] == ["GET", "GET"]


def test_but_not_twice(logged_in: Command, server: Server) -> None:
    for _ in range(2):
        server.answer(429, {"detail": "Too many requests."}, headers={"retry-after": "0"})
    ran = logged_in("credits")
    assert ran.status == 1
    assert ran.err == "error: Too many requests. Try again in 0 s.\n"


def test_nor_after_a_long_time(logged_in: Command, server: Server) -> None:
    server.answer(503, {"detail": "Closed."}, headers={"retry-after": "120"})
    ran = logged_in("credits")
    assert ran.status == 1
    assert "Closed. Try again in 120 s." in ran.err
    assert len(server.seen) == 1


def test_nor_where_the_server_says_nothing_of_it(logged_in: Command, server: Server) -> None:
    server.answer(503, {"detail": "Closed."})
    ran = logged_in("credits")
    assert ran.status == 1
    assert len(server.seen) == 1


def test_nor_what_changes_something(logged_in: Command, server: Server) -> None:
    server.answer(429, {"detail": "Too many requests."}, headers={"retry-after": "0"})
    ran = logged_in("keys", "revoke", "key_01kb0q7w0sf8n9x2m4v6c80001", "--yes")
    assert ran.status == 1
    assert "Too many requests. Try again in 0 s." in ran.err
    assert len(server.seen) == 1


def test_a_time_to_come_back_may_be_a_date(logged_in: Command, server: Server) -> None:
    moment = (datetime.now(UTC) + timedelta(minutes=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.answer(429, {"detail": "Slow."}, headers={"retry-after": moment})
    ran = logged_in("credits")
    assert "Slow. Try again in 1" in ran.err
    assert len(server.seen) == 1


def test_what_stays_on_this_machine_avoids_the_proxy(
    logged_in: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert logged_in("whoami").status == 0


def test_a_proxy_that_refuses(
    accounts: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    status, err = login(accounts, "https://api.example.com")
    assert status == 4
    assert "The proxy on the way to https://api.example.com refused: 501" in err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), ("", None), ("soon", None), ("-1", None), ("Fri, 20 Nov 2020 09:30:00 -0000", 0)],
)
def test_how_long_a_server_asks_to_wait(text: str, seconds: float | None) -> None:
    response = httpx2.Response(429, headers={"retry-after": text})
    assert retry_after(response) == seconds
