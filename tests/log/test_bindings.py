"""A request's id is bound as structlog binds it, and nothing of an earlier request stays."""

from collections.abc import Iterator

import pytest
import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

from padstone.log.bindings import bind_request, binds_besides


@pytest.fixture(autouse=True)
def nothing_bound() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def test_nothing_of_before_is_left() -> None:
    bind_contextvars(request_id="old", actor="old", tenant="old")
    bind_request("new")
    assert get_contextvars() == {"request_id": "new"}


def test_it_is_structlogs_own_variable() -> None:
    bind_request("r1")
    with bound_contextvars(request_id="inner"):
        assert get_contextvars() == {"request_id": "inner"}
    assert get_contextvars() == {"request_id": "r1"}
    bind_contextvars(request_id="other")
    assert get_contextvars() == {"request_id": "other"}
    structlog.contextvars.clear_contextvars()
    assert get_contextvars() == {}


def test_what_else_is_bound_is_noticed() -> None:
    bind_request("r1")
    assert not binds_besides({"request_id"})
    bind_contextvars(actor="a")
    assert binds_besides({"request_id"})
    assert not binds_besides({"request_id", "actor"})
    bind_contextvars(tenant="t")
    assert binds_besides({"request_id", "actor"})
    structlog.contextvars.unbind_contextvars("tenant")
    assert not binds_besides({"request_id", "actor"})
