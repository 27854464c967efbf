"""Whose word counts when a proxy says who is calling (26)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.middleware import TrustedProxies

PROXIES = ("10.0.0.0/8", "192.0.2.1", "fd00::/8")


def corrected(peer: str | None, *forwarded: str, proto: str = "", **options: Any) -> Any:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    scope: dict[str, Any] = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 4711) if peer else None,
        "headers": headers,
    }
    TrustedProxies(options.get("trusted", PROXIES)).correct(scope)
    return scope


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 192.0.2.1, 10.9.9.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["203.0.113.9:1234"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::1]:1234"], "2001:db8::1"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("testclient", ["203.0.113.9"], "testclient"),
    ],
)
def test_the_caller(peer: str, forwarded: list[str], expected: str) -> None:
    assert corrected(peer, *forwarded)["client"][0] == expected


def test_without_a_peer_nobody_is_believed() -> None:
    assert corrected(None, "203.0.113.9")["client"] is None


def test_nobody_is_trusted_unless_named() -> None:
    assert corrected("127.0.0.1", "203.0.113.9", trusted=())["client"] == ("127.0.0.1", 4711)


@pytest.mark.parametrize(
    ("peer", "proto", "expected"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS", "https"),
        ("10.0.0.1", "http, https", "https"),
        ("10.0.0.1", "gopher", "http"),
        ("198.51.100.7", "https", "http"),
    ],
)
def test_the_scheme(peer: str, proto: str, expected: str) -> None:
    assert corrected(peer, proto=proto)["scheme"] == expected


@given(st.lists(st.text(st.characters(codec="latin-1"), max_size=20), max_size=5))
def test_26_a_caller_cannot_choose_its_address(made_up: list[str]) -> None:
    """Whatever it sends, the proxy appends what it sees, and that is who it is."""
    found = corrected("10.0.0.1", *(entry.replace(",", "") for entry in made_up), "203.0.113.9")
    assert found["client"][0] == "203.0.113.9"
