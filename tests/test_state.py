import pytest
from starlette.requests import HTTPConnection

from padstone.errors import UnavailableError
from padstone.state import opened


def test_what_was_opened_is_found() -> None:
    connection = HTTPConnection({"type": "http", "state": {"answer": 42}})
    assert opened(connection, "answer", int) == 42


@pytest.mark.parametrize("state", [{}, {"answer": "42"}])
def test_what_was_not_is_unavailable(state: dict[str, object]) -> None:
    connection = HTTPConnection({"type": "http", "state": state})
    with pytest.raises(UnavailableError, match="not started"):
        opened(connection, "answer", int)
