import socket
from contextlib import closing

import pytest

from padstone.cli.dev.address import HOST, listen
from padstone.errors import UnavailableError
from padstone.testing.servers import free_port


def test_the_wanted_port_is_taken() -> None:
    port = free_port()
    with closing(listen(port)) as listener:
        assert listener.getsockname() == (HOST, port)
        # It is ours before any server runs: whoever connects waits.
        with closing(socket.create_connection((HOST, port), timeout=5)):
            pass


def test_the_next_port_where_it_is_taken() -> None:
    port = free_port()
    with closing(listen(port)), closing(listen(port)) as second:
        assert second.getsockname()[1] > port


def test_beyond_the_last_port_there_is_none() -> None:
    with closing(listen(65_535)), pytest.raises(UnavailableError, match="65535 up is free"):
        listen(65_535)
