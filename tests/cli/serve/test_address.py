import errno
import socket
from contextlib import closing

import pytest

from padstone.cli.serve.address import bind, explain, url_of
from padstone.errors import UnavailableError


def test_nobody_is_let_in_before_somebody_listens() -> None:
    with closing(bind("127.0.0.1", 0)) as bound:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(bound.getsockname(), timeout=5)
        bound.listen()
        socket.create_connection(bound.getsockname(), timeout=5).close()


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")]
)
def test_an_address_of_either_family(host: str, url: str) -> None:
    with closing(bind(host, 0)) as bound:
        assert url_of(bound) == f"{url}{bound.getsockname()[1]}"


def test_a_taken_port() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"listens on port {port} on 127.0.0.1"):
            bind("127.0.0.1", port)


def test_an_address_of_another_machine() -> None:
    with pytest.raises(UnavailableError, match=r"'192\.0\.2\.1' is no address"):
        bind("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("error", "host", "sentence"),
    [
        (OSError(errno.EADDRINUSE, ""), "", "listens on port 80 on all addresses"),
        (OSError(errno.EACCES, ""), "::", "This user may not listen on port 80 on ::"),
        (socket.gaierror(-2, ""), "nowhere", "'nowhere' is no address of this machine"),
        (OSError(errno.EMFILE, ""), "", "port 80 on all addresses: Too many open files."),
    ],
)
def test_the_reason_is_told_with_what_to_do(error: OSError, host: str, sentence: str) -> None:
    assert sentence in explain(error, host, 80)
